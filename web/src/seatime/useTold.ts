import { useEffect, useRef } from 'react';

/** Tells a parent of a value whenever it changes, and `false` when this goes off the page. */
export const useTold = (tell: ((value: boolean) => void) | undefined, value: boolean): void => {
  const latest = useRef(tell);
  useEffect(() => {
    latest.current = tell;
  });
  useEffect(() => {
    latest.current?.(value);
    return () => latest.current?.(false);
  }, [value]);
};
