/**
 * Holds a valid playback grant for a lesson: asks, waits where waiting helps, and refreshes it
 * while the learner watches. The entitlement is checked on every refresh, so a refusal can end it.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { SeatimeApi } from '../api/client';
import { asProblem } from '../api/problem';
import type { LessonProgress, PlaybackGrant } from '../api/types';
import { useSeatimeApi } from '../context';
import { backOff } from '../watch/policy';
import { isSameRound, seekLimitOf, type SeekLimit } from './frontier';
import { blockFor, endsPlayback, mustBeginAnew, type Block } from './policy';
import { resumeAt } from './source';

export type Playback =
  | { phase: 'loading' }
  | { phase: 'blocked'; block: Block }
  /** `startAt` in seconds, from the first grant; refreshes leave it alone. */
  | ({ phase: 'ready' } & Ready);

interface Ready {
  grant: PlaybackGrant;
  startAt: number;
  /** Where seeking is not free: how far it may lead. Each refresh brings it anew. */
  seekLimit: SeekLimit | null;
}

/** Not knowing how far the learner is must not keep the video from starting. */
const progressFor = async (api: SeatimeApi, lessonId: string, grant: PlaybackGrant, held: Ready | null) => {
  const isAsked = held === null || Boolean(grant.seekLock);
  return isAsked ? api.lessonProgress(lessonId).catch(() => null) : null;
};

const readyWith = (grant: PlaybackGrant, progress: LessonProgress | null, held: Ready | null): Ready => {
  const startAt = resumeAt(progress?.resumePosition, progress?.duration);
  // A complete lesson is free, which a grant alone does not say.
  const staysFree = progress === null && held?.seekLimit === null && isSameRound(held.grant, grant);
  return { grant, startAt: held?.startAt ?? startAt, seekLimit: staysFree ? null : seekLimitOf(grant, progress) };
};

/** Timers count in 32 bits: a longer one would end at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

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
    let unreached = false;
    let ready: Ready | null = null;
    let refreshWith = kept.current;
    kept.current = undefined;

    const show = (playback: Playback) => live && setState({ lessonId, playback });
    const wait = (ms: number) => {
      clearTimeout(timer);
      dueAt = Date.now() + ms;
      timer = setTimeout(onDue, Math.min(ms, MAX_TIMER_MS));
    };
    // Nobody sees that there is no video yet: that is asked for again when somebody looks.
    const onDue = () => {
      if (ready !== null || document.visibilityState === 'visible') void turn();
    };
    const succeed = (next: Ready) => {
      ready = next;
      refreshWith = next.grant.watchGrant ?? undefined;
      attempt = 0;
      unreached = false;
      show({ phase: 'ready', ...next });
      wait(Math.max(1, next.grant.refreshAfter) * 1000);
    };
    const fail = (error: unknown) => {
      const problem = asProblem(error);
      attempt += 1;
      unreached = problem.status === 0;
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
      else if (block.reason === 'signed-out') dueAt = 0; // who signs in does so elsewhere, and comes back
    };
    const turn = async () => {
      if (busy) return;
      busy = true;
      clearTimeout(timer);
      dueAt = Infinity;
      try {
        const held: Ready | null = ready;
        const isNew = refreshWith === undefined;
        const grant = await api.playback(lessonId, refreshWith, takesOver.current);
        takesOver.current = false;
        const progress = await progressFor(api, lessonId, grant, held);
        if (live) succeed(readyWith(grant, progress, held));
        else if (isNew) giveBack(grant);
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
    // Out of the tunnel: what no server has heard is asked again without waiting for its turn.
    const onOnline = () => {
      if (unreached) void turn();
      else onWake();
    };

    // Who goes away frees the place among the learner's devices; back from the browser's cache, it is asked for anew.
    const giveBack = ({ leaseUntil, watchGrant }: PlaybackGrant) => {
      if (kept.current === undefined && leaseUntil && watchGrant) api.releasePlayback(lessonId, watchGrant);
    };
    const release = () => {
      if (ready !== null) giveBack(ready.grant);
    };
    const onReturn = (event: PageTransitionEvent) => {
      if (event.persisted && ready?.grant.leaseUntil) void turn();
      else onWake();
    };

    refreshNow.current = () => void turn();
    document.addEventListener('visibilitychange', onWake);
    document.addEventListener('resume', onWake);
    window.addEventListener('online', onOnline);
    window.addEventListener('pageshow', onReturn);
    window.addEventListener('pagehide', release);
    // Not at once: where an effect is run twice (React's strict mode), the first must not take the second's place.
    queueMicrotask(() => live && void turn());
    return () => {
      live = false;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onWake);
      document.removeEventListener('resume', onWake);
      window.removeEventListener('online', onOnline);
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
