import { useEffect, useState } from 'react';
import type { CourseLive } from '../api/owner-types';
import { ApiProblem, asProblem } from '../api/problem';
import { useSeatimeApi } from '../context';
import { backOff } from '../watch/policy';

/** `connecting`: for the first time; `down`: it stood, or never did, and is tried again; `refused`: for good. */
export type Feed = 'connecting' | 'standing' | 'down' | 'refused';

export interface CourseLiveState {
  live: CourseLive | undefined;
  feed: Feed;
  problem: ApiProblem | undefined;
}

interface Known extends CourseLiveState {
  courseId: string;
}

/** What the course's live feed says. It comes back by itself, and goes on after the event that was seen last. */
export const useCourseLive = (courseId: string): CourseLiveState => {
  const api = useSeatimeApi();
  const start: Known = { courseId, live: undefined, feed: 'connecting', problem: undefined };
  const [state, setState] = useState<Known>(start);

  useEffect(() => {
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let seen: string | undefined;
    let failures = 0;
    const change = (part: Partial<Known>) =>
      setState((before) => ({ ...(before.courseId === courseId ? before : { ...before, live: undefined }), ...part, courseId }));

    const listen = async (): Promise<void> => {
      let problem: ApiProblem | undefined;
      try {
        await api.owners.live(
          courseId,
          (live, id) => {
            seen = id;
            change({ live, feed: 'standing', problem: undefined });
          },
          ending.signal,
          {
            seen,
            onOpen: () => {
              failures = 0;
              change({ feed: 'standing', problem: undefined });
            },
          },
        );
      } catch (error) {
        problem = asProblem(error);
        failures += 1;
      }
      if (ending.signal.aborted) return;
      // A stream that ended as it does after a while is taken up again without a word.
      if (problem !== undefined) change({ feed: isFinal(problem) ? 'refused' : 'down', problem });
      if (problem === undefined || !isFinal(problem)) {
        timer = setTimeout(() => void listen(), backOff(Math.max(0, failures - 1), problem?.retryAfterMs, Math.random()));
      }
    };
    void listen();
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [api, courseId]);

  return state.courseId === courseId ? state : start;
};

const isFinal = ({ status }: ApiProblem): boolean => status === 401 || status === 403 || status === 404;
