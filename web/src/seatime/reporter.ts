/**
 * Reports what any media element plays, without React: a `<video>` or `<audio>`, a player element that behaves like
 * one, or whatever else has an element's clock and events.
 */
import { beatCalls } from './api/beats';
import { BeatOutbox, type OutboxEvents } from './watch/outbox';
import { WatchReporter, type MediaLike } from './watch/reporter';
import { openStore } from './watch/store';

export { createSeatimeApi, type SeatimeApi, type SeatimeApiOptions } from './api/client';
export { ApiProblem } from './api/problem';
export type * from './api/types';
export type { Beat, WatchEvent } from './watch/beats';
export type { MediaLike } from './watch/reporter';

export interface WatchingOptions extends OutboxEvents {
  /** Where the gateway is; '' for the page's own origin. */
  baseUrl?: string;
  /** Which player it is, where the element doesn't tell. At most 32 characters count. */
  player?: string;
}

export interface Watching {
  /** A refreshed grant of the same lesson: what is played from now on is reported under it. */
  useGrant(grant: string): void;
  /** Says what was played until now. What is not sent yet is, by this page or a later one. */
  stop(): void;
}

/** From now on, until `stop()`. Beats that an earlier page left behind are sent too. */
export const reportWatching = (
  media: MediaLike,
  grant: string,
  { baseUrl = '', player, ...events }: WatchingOptions = {},
): Watching => {
  const { sendBeats, beaconBeats } = beatCalls({ baseUrl });
  const outbox = new BeatOutbox(openStore(), { send: sendBeats, beacon: beaconBeats }, events);
  const reporter = new WatchReporter(media, grant, outbox, { player });
  const resume = () => void outbox.flush();
  window.addEventListener('online', resume);
  resume();
  return {
    useGrant: (fresh) => reporter.useGrant(fresh),
    stop: () => {
      window.removeEventListener('online', resume);
      reporter.dispose();
      outbox.close();
    },
  };
};
