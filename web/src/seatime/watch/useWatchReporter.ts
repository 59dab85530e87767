import { useEffect, useRef } from 'react';
import { useSeatimeApi } from '../context';
import type { DroppedBeats } from './outbox';
import { outboxOf } from './pageOutbox';
import { WatchReporter } from './reporter';
import type { MediaLike } from './media';

export interface WatchReporterOptions {
  /** The server has taken beats; what it makes of them shows in the lesson's progress a moment later. */
  onAccepted?: (() => void) | undefined;
  /** Watching that will never be counted, and why. Where nobody listens, the console says so. */
  onDropped?: ((dropped: DroppedBeats) => void) | undefined;
  /**
   * This browser keeps nothing on disk (private mode, a full disk): what was not sent yet when the page goes away is
   * sent on the way out, and by no later page. Called once.
   */
  onVolatile?: (() => void) | undefined;
  /** Which player it is, where the element doesn't tell. */
  player?: string | undefined;
}

/**
 * Reports what `media` (any HTMLMediaElement, or a player element that behaves like one) plays
 * under `grant`. A new grant for the same lesson (a refresh) may be passed at any time. Beats that
 * an earlier page left behind are sent as soon as this mounts.
 */
export const useWatchReporter = (
  media: MediaLike | null,
  grant: string | null,
  options: WatchReporterOptions = {},
): void => {
  const api = useSeatimeApi();
  const events = useRef(options);
  const reporter = useRef<WatchReporter | null>(null);
  const currentGrant = useRef(grant);
  const granted = grant !== null;

  useEffect(() => {
    events.current = options;
  });

  const isHeard = options.onDropped !== undefined;
  useEffect(() => {
    const { beats, onVolatile } = outboxOf(api);
    const ends = [
      beats.listen({
        onAccepted: () => events.current.onAccepted?.(),
        onDropped: isHeard ? (dropped) => events.current.onDropped?.(dropped) : undefined,
      }),
      onVolatile(() => events.current.onVolatile?.()),
    ];
    void beats.resume();
    return () => ends.forEach((end) => end());
  }, [api, isHeard]);

  useEffect(() => {
    currentGrant.current = grant;
    if (grant !== null) reporter.current?.useGrant(grant);
  }, [grant]);

  useEffect(() => {
    if (media === null || !granted || currentGrant.current === null) return;
    const created = new WatchReporter(media, currentGrant.current, outboxOf(api).beats, { player: events.current.player });
    reporter.current = created;
    return () => {
      created.dispose();
      reporter.current = null;
    };
  }, [api, media, granted]);
};
