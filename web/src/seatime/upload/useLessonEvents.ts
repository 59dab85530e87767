import { useEffect, useState } from 'react';
import { useSeatimeApi } from '../context';
import { backOff } from '../watch/policy';

/** Calls `onChange` (stable) as often as the lesson's stream tells of a change. True while the stream stands. */
export const useLessonEvents = (lessonId: string, onChange: () => void): boolean => {
  const api = useSeatimeApi();
  const [standing, setStanding] = useState(false);

  useEffect(() => {
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listen = async (attempt: number): Promise<void> => {
      let failures = attempt;
      try {
        await api.lessonEvents(
          lessonId,
          () => {
            failures = 0;
            setStanding(true);
            onChange();
          },
          ending.signal,
        );
      } catch {
        failures += 1; // Whoever shows the lesson asks for it meanwhile.
      }
      if (ending.signal.aborted) return;
      setStanding(false);
      timer = setTimeout(() => void listen(failures), backOff(failures, undefined, Math.random()));
    };
    void listen(0);
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [api, lessonId, onChange]);

  return standing;
};
