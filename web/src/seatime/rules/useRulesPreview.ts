import { useEffect, useState } from 'react';
import { asProblem } from '../api/problem';
import type { RulesChange, RulesPreview } from '../api/types';
import { useSeatimeApi } from '../context';

/** An author who drags or types is not asked about at every step. */
const SETTLED_MS = 350;

export interface Previewed {
  preview: RulesPreview | undefined;
  /** Why there is none. */
  problem: string | undefined;
  /** What is shown is of an earlier change. */
  stale: boolean;
}

/** Whom a change of rules would affect; null asks nothing. Equal changes are asked about once. */
export const useRulesPreview = (courseId: string, change: RulesChange | null): Previewed => {
  const api = useSeatimeApi();
  const key = change === null ? null : JSON.stringify(change);
  const [told, setTold] = useState<{ key: string; preview?: RulesPreview; problem?: string }>();

  useEffect(() => {
    if (key === null) return undefined;
    let live = true;
    const timer = setTimeout(() => {
      api.previewRules(courseId, JSON.parse(key) as RulesChange).then(
        (preview) => live && setTold({ key, preview }),
        (error: unknown) => live && setTold({ key, problem: asProblem(error).message }),
      );
    }, SETTLED_MS);
    return () => {
      live = false;
      clearTimeout(timer);
    };
  }, [api, courseId, key]);

  if (key === null) return { preview: undefined, problem: undefined, stale: false };
  return { preview: told?.preview, problem: told?.problem, stale: told?.key !== key };
};
