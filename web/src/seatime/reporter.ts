/**
 * Reports what any media element plays, without React: a `<video>` or `<audio>`, a player element that behaves like
 * one, or whatever else has an element's clock and events.
 */
import { beatCalls } from './api/beats';
import type { MediaLike } from './watch/media';
import type { OutboxEvents } from './watch/outbox';
import { outboxOf } from './watch/pageOutbox';
import { WatchReporter } from './watch/reporter';

export { createSeatimeApi, type SeatimeApi, type SeatimeApiOptions } from './api/client';
export { ApiProblem } from './api/problem';
export type * from './api/types';
export type { Beat, WatchEvent } from './watch/beats';
export type { MediaLike } from './watch/media';
export type { DroppedBeats } from './watch/outbox';

export interface WatchingOptions extends OutboxEvents {
  /** Where the gateway is; '' for the page's own origin. */
  baseUrl?: string;
  /** Which player it is, where the element doesn't tell. At most 32 characters count. */
  player?: string;
  /**
   * This browser keeps nothing on disk (private mode, a full disk): what was not sent yet when the page goes away is
   * sent on the way out, and by no later page. Called once.
   */
  onVolatile?: () => void;
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
  { baseUrl = '', player, onVolatile, ...events }: WatchingOptions = {},
): Watching => {
  const outbox = outboxOf(beatCalls({ baseUrl }));
  const ends = [outbox.beats.listen(events), outbox.onVolatile(() => onVolatile?.())];
  const reporter = new WatchReporter(media, grant, outbox.beats, { player });
  void outbox.beats.resume();
  return {
    useGrant: (fresh) => reporter.useGrant(fresh),
    stop: () => {
      reporter.dispose();
      ends.forEach((end) => end());
    },
  };
};
