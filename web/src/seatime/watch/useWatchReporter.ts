import { useEffect, useRef } from 'react';
import type { SeatimeApi } from '../api/client';
import { useSeatimeApi } from '../context';
import { BeatOutbox, type OutboxEvents } from './outbox';
import { WatchReporter, type MediaLike } from './reporter';
import { openStore } from './store';

export interface WatchReporterOptions {
  /** The server has taken beats; what it makes of them shows in the lesson's progress a moment later. */
  onAccepted?: () => void;
  /** Which player it is, where the element doesn't tell. */
  player?: string;
}

const outboxFor = (api: SeatimeApi, events: OutboxEvents): BeatOutbox =>
  new BeatOutbox(
    openStore(),
    {
      send: (grant, beats) => api.sendBeats(grant, beats),
      beacon: (grant, beats) => api.beaconBeats(grant, beats),
    },
    events,
  );

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
  const outbox = useRef<BeatOutbox | null>(null);
  const reporter = useRef<WatchReporter | null>(null);
  const currentGrant = useRef(grant);
  const granted = grant !== null;

  useEffect(() => {
    events.current = options;
  });

  useEffect(() => {
    const created = outboxFor(api, { onAccepted: () => events.current.onAccepted?.() });
    outbox.current = created;
    const resume = () => void created.flush();
    window.addEventListener('online', resume);
    resume();
    return () => {
      window.removeEventListener('online', resume);
      created.close();
      outbox.current = null;
    };
  }, [api]);

  useEffect(() => {
    currentGrant.current = grant;
    if (grant !== null) reporter.current?.useGrant(grant);
  }, [grant]);

  useEffect(() => {
    if (media === null || !granted || currentGrant.current === null || outbox.current === null) return;
    const created = new WatchReporter(media, currentGrant.current, outbox.current, { player: events.current.player });
    reporter.current = created;
    return () => {
      created.dispose();
      reporter.current = null;
    };
  }, [api, media, granted]);
};
