import { useCallback, useEffect, useRef, useState } from 'react';
import { asProblem, type ApiProblem } from './api/problem';
import { backOff } from './watch/policy';

export interface Resource<T> {
  data: T | undefined;
  problem: ApiProblem | undefined;
  loading: boolean;
  reload: () => void;
}

export interface ResourceOptions<T> {
  /** Milliseconds until the next read, or null for none. */
  pollEvery?: (data: T) => number | null;
}

const isPassing = (problem: ApiProblem): boolean =>
  problem.status === 0 || problem.status === 429 || problem.status >= 500;

/**
 * Reads `load` now, again on `reload`, and as often as `pollEvery` says. What was read stays
 * on show while a later read fails, and passing failures (outage, 429, 5xx) are read again
 * with back-off. `load` must be stable (useCallback).
 */
export const useResource = <T,>(load: () => Promise<T>, options: ResourceOptions<T> = {}): Resource<T> => {
  const [state, setState] = useState<{ source: unknown; data?: T; problem?: ApiProblem }>({ source: null });
  const [round, setRound] = useState(0);
  const pollEvery = useRef(options.pollEvery);
  useEffect(() => {
    pollEvery.current = options.pollEvery;
  });

  useEffect(() => {
    let live = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let attempt = 0;
    const read = async () => {
      try {
        const data = await load();
        if (!live) return;
        attempt = 0;
        setState({ source: load, data });
        const delay = pollEvery.current?.(data) ?? null;
        if (delay !== null) timer = setTimeout(() => void read(), delay);
      } catch (error) {
        if (!live) return;
        const problem = asProblem(error);
        setState((before) => (before.source === load ? { ...before, problem } : { source: load, problem }));
        if (!isPassing(problem)) return;
        timer = setTimeout(() => void read(), backOff(attempt, problem.retryAfterMs, Math.random()));
        attempt += 1;
      }
    };
    void read();
    return () => {
      live = false;
      clearTimeout(timer);
    };
  }, [load, round]);

  const current = state.source === load;
  return {
    data: current ? state.data : undefined,
    problem: current ? state.problem : undefined,
    loading: !current || (state.data === undefined && state.problem === undefined),
    reload: useCallback(() => setRound((n) => n + 1), []),
  };
};
