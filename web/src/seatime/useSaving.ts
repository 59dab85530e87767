import { useCallback, useRef, useState, type FormEvent } from 'react';
import { asProblem, type ApiProblem } from './api/problem';

export interface Saving {
  /** On its way: what began it is disabled meanwhile. */
  busy: boolean;
  /** Why the last attempt failed; gone with the next one. */
  problem: ApiProblem | undefined;
  /** The last attempt did not fail. */
  done: boolean;
  /**
   * Does `work`; what it throws becomes `problem`. Answers whether it was done. While one is on its way a second one
   * is not begun: a button that is pressed twice saves once.
   */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  /** The same as what a form does when it is submitted. */
  submit: (work: () => Promise<unknown>) => (event: FormEvent) => void;
  /** Forgets how the last attempt ended: whoever comes next begins anew. */
  clear: () => void;
}

type Told = Pick<Saving, 'busy' | 'problem' | 'done'>;

const NOTHING: Told = { busy: false, problem: undefined, done: false };

/** Something that is sent when somebody asks for it, with what a form shows of it. */
export const useSaving = (): Saving => {
  const [told, setTold] = useState(NOTHING);
  const running = useRef(false);

  const run = useCallback(async (work: () => Promise<unknown>): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setTold({ ...NOTHING, busy: true });
    try {
      await work();
      setTold({ ...NOTHING, done: true });
      return true;
    } catch (error) {
      setTold({ ...NOTHING, problem: asProblem(error) });
      return false;
    } finally {
      running.current = false;
    }
  }, []);

  const submit = useCallback(
    (work: () => Promise<unknown>) => (event: FormEvent) => {
      event.preventDefault();
      void run(work);
    },
    [run],
  );

  const clear = useCallback(() => {
    if (!running.current) setTold(NOTHING);
  }, []);

  return { ...told, run, submit, clear };
};
