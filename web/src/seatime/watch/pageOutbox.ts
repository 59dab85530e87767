/**
 * A page has one outbox for each gateway that it reports to. Players come and go; what they left behind is sent for as
 * long as the page lives, and by the next page after that.
 */
import type { Beat } from './beats';
import { BeatOutbox } from './outbox';
import type { Reply } from './policy';
import { openStore } from './store';

export interface Reporting {
  /** Where the gateway is; '' for the page's own origin. */
  readonly reportsTo: string;
  sendBeats(grant: string, beats: readonly Beat[]): Promise<Reply>;
  beaconBeats(grant: string, beats: readonly Beat[]): boolean;
}

export interface PageOutbox {
  readonly beats: BeatOutbox;
  /** `tell` is called once, at once or when it turns out that a beat is in no more than this page's memory. */
  onVolatile(tell: () => void): () => void;
}

const outboxes = new Map<string, PageOutbox>();

export const outboxOf = (reporting: Reporting): PageOutbox => {
  const known = outboxes.get(reporting.reportsTo);
  if (known !== undefined) return known;
  const created = create(reporting);
  outboxes.set(reporting.reportsTo, created);
  return created;
};

const create = ({ reportsTo, sendBeats, beaconBeats }: Reporting): PageOutbox => {
  let volatile = false;
  const untold = new Set<() => void>();
  const tellAll = () => {
    volatile = true;
    for (const tell of untold) tell();
    untold.clear();
  };
  const name = reportsTo === '' ? 'seatime' : `seatime ${reportsTo}`;
  const beats = new BeatOutbox(openStore(name, tellAll), { send: sendBeats, beacon: beaconBeats }, `${name}.beats`);
  window.addEventListener('online', () => void beats.flush());
  window.addEventListener('pageshow', (event) => event.persisted && void beats.flush());
  return {
    beats,
    onVolatile: (tell) => {
      if (volatile) tell();
      else untold.add(tell);
      return () => void untold.delete(tell);
    },
  };
};
