import { useCallback, useEffect, useState } from 'react';
import type { LessonProgress } from './api/types';
import { useSeatimeApi } from './context';
import { useResource, type Resource } from './useResource';

/** A report is folded by a worker after it was accepted; these looks catch it early, and late. */
const LOOKS_AFTER_MS = [600, 2_500, 6_000];

/** The learner's progress in a lesson; call `changed` when beats were accepted. */
export const useLessonProgress = (lessonId: string): Resource<LessonProgress> & { changed: () => void } => {
  const api = useSeatimeApi();
  const [reports, setReports] = useState(0);
  const load = useCallback(() => api.lessonProgress(lessonId), [api, lessonId]);
  const resource = useResource(load);
  const { reload } = resource;

  useEffect(() => {
    if (reports === 0) return;
    const timers = LOOKS_AFTER_MS.map((delay) => setTimeout(reload, delay));
    return () => timers.forEach(clearTimeout);
  }, [reports, reload]);

  return { ...resource, changed: useCallback(() => setReports((n) => n + 1), []) };
};
