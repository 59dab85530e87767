/**
 * Holds a valid playback grant for a lesson: asks, waits where waiting helps, and refreshes it
 * while the learner watches. The entitlement is checked on every refresh, so a refusal can end it.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { SeatimeApi } from '../api/client';
import { asProblem } from '../api/problem';
import type { PlaybackGrant } from '../api/types';
import { useSeatimeApi } from '../context';
import { backOff } from '../watch/policy';
import { blockFor, endsPlayback, mustBeginAnew, type Block } from './policy';
import { resumeAt } from './source';

export type Playback =
  | { phase: 'loading' }
  | { phase: 'blocked'; block: Block }
  /** `startAt` in seconds, from the first grant; refreshes leave it alone. */
  | { phase: 'ready'; grant: PlaybackGrant; startAt: number };

interface Ready {
  grant: PlaybackGrant;
  startAt: number;
}

const whereLeftOff = async (api: SeatimeApi, lessonId: string, grant: PlaybackGrant): Promise<number> => {
  if (grant.resume !== undefined && grant.resume !== null) return resumeAt(grant.resume, null);
  // Not knowing where the learner stopped must not keep the video from starting.
  const progress = await api.lessonProgress(lessonId).catch(() => null);
  return resumeAt(progress?.resumePosition, progress?.duration);
};

/** A bearer that ended is renewed by the page, maybe a moment after we were refused. */
const PATIENCE_SIGNED_OUT = 3;

export const usePlayback = (
  lessonId: string,
): { playback: Playback; refresh: () => void; retry: () => void; takeOver: () => void } => {
  const api = useSeatimeApi();
  const [state, setState] = useState<{ lessonId: string; playback: Playback }>();
  const [round, setRound] = useState(0);
  const refreshNow = useRef<() => void>(() => undefined);
  const takesOver = useRef(false);
  /** The watch grant with which a retry goes on, so that it keeps its place among the learner's devices. */
  const kept = useRef<string | undefined>(undefined);

  useEffect(() => {
    let live = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let dueAt = Infinity;
    let attempt = 0;
    let busy = false;
    let ready: Ready | null = null;
    let refreshWith = kept.current;
    kept.current = undefined;

    const show = (playback: Playback) => live && setState({ lessonId, playback });
    const wait = (ms: number) => {
      clearTimeout(timer);
      dueAt = Date.now() + ms;
      timer = setTimeout(() => void turn(), ms);
    };
    const succeed = (next: Ready) => {
      ready = next;
      refreshWith = next.grant.watchGrant ?? undefined;
      attempt = 0;
      show({ phase: 'ready', ...next });
      wait(Math.max(1, next.grant.refreshAfter) * 1000);
    };
    const fail = (error: unknown) => {
      const problem = asProblem(error);
      attempt += 1;
      const patient = problem.status === 401 && attempt < PATIENCE_SIGNED_OUT;
      if (mustBeginAnew(problem)) refreshWith = undefined;
      if ((ready !== null || mustBeginAnew(problem)) && (patient || !endsPlayback(problem))) {
        wait(backOff(attempt, problem.retryAfterMs, Math.random()));
        return;
      }
      ready = null;
      refreshWith = undefined;
      const block = blockFor(problem, attempt, Math.random());
      show({ phase: 'blocked', block });
      if (block.retryInMs !== null) wait(block.retryInMs);
    };
    const turn = async () => {
      if (busy) return;
      busy = true;
      clearTimeout(timer);
      dueAt = Infinity;
      try {
        const held: Ready | null = ready;
        const grant = await api.playback(lessonId, refreshWith, takesOver.current);
        takesOver.current = false;
        const startAt = held === null ? await whereLeftOff(api, lessonId, grant) : held.startAt;
        if (live) succeed({ grant, startAt });
      } catch (error) {
        if (live) fail(error);
      } finally {
        busy = false;
      }
    };
    // Timers stand still while the machine sleeps.
    const onWake = () => {
      if (document.visibilityState === 'visible' && Date.now() >= dueAt) void turn();
    };

    // Who goes away frees the place among the learner's devices; back from the browser's cache, it is asked for anew.
    const release = () => {
      const { grant } = ready ?? {};
      if (kept.current === undefined && grant?.leaseUntil && grant.watchGrant) api.releasePlayback(lessonId, grant.watchGrant);
    };
    const onReturn = (event: PageTransitionEvent) => {
      if (event.persisted && ready?.grant.leaseUntil) void turn();
      else onWake();
    };

    refreshNow.current = () => void turn();
    document.addEventListener('visibilitychange', onWake);
    document.addEventListener('resume', onWake);
    window.addEventListener('online', onWake);
    window.addEventListener('pageshow', onReturn);
    window.addEventListener('pagehide', release);
    void turn();
    return () => {
      live = false;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onWake);
      document.removeEventListener('resume', onWake);
      window.removeEventListener('online', onWake);
      window.removeEventListener('pageshow', onReturn);
      window.removeEventListener('pagehide', release);
      release();
    };
  }, [api, lessonId, round]);

  const held = state?.playback.phase === 'ready' ? (state.playback.grant.watchGrant ?? undefined) : undefined;
  const retry = useCallback(() => {
    kept.current = held;
    setState(undefined);
    setRound((n) => n + 1);
  }, [held]);

  return {
    playback: state?.lessonId === lessonId ? state.playback : { phase: 'loading' },
    refresh: useCallback(() => refreshNow.current(), []),
    retry,
    takeOver: useCallback(() => {
      takesOver.current = true;
      retry();
    }, [retry]),
  };
};
