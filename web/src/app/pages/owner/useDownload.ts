import { useCallback, useState } from 'react';
import type { ExportTicket } from '../../../seatime/api/owner-types';
import { useSaving } from '../../../seatime/useSaving';
import { handIn } from './handIn';

export interface Download {
  /** The ticket is being asked for. */
  busy: boolean;
  /** It is the browser's now, which shows how it goes on. */
  begun: boolean;
  problem: string | undefined;
  start: (ask: () => Promise<ExportTicket>) => void;
}

/** A file for the browser's own downloads: whatever its length, no page holds it. */
export const useDownload = (): Download => {
  const asking = useSaving();
  const { run } = asking;
  const [refusal, setRefusal] = useState<string>();
  const start = useCallback<Download['start']>(
    (ask) => {
      setRefusal(undefined);
      void run(async () => handIn(await ask(), setRefusal));
    },
    [run],
  );
  const problem = asking.problem?.message ?? refusal;
  return { busy: asking.busy, begun: asking.done && problem === undefined, problem, start };
};
