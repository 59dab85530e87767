import { useEffect, useState } from 'react';
import type { Sending, SendingState } from './sending';

/** The state of what is being sent, read at its landmarks. It stops when the page is left. */
export const useSending = <T>(
  sending: Sending<T> | null,
  onProgress: ((percent: number) => void) | undefined,
): SendingState<T> | null => {
  const [state, setState] = useState<SendingState<T> | null>(null);

  useEffect(() => {
    if (sending === null) return;
    const read = () => {
      const now = sending.state;
      onProgress?.(now.size === 0 ? 0 : (now.sent / now.size) * 100);
      setState((before) => (before?.phase === now.phase ? before : now));
    };
    const unsubscribe = sending.subscribe(read);
    read();
    return unsubscribe;
    // The callback of the first render counts for the whole upload.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [sending]);

  useEffect(() => () => sending?.stop(), [sending]);
  return sending === null ? null : state;
};
