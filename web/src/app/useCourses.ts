import { useCallback } from 'react';
import { useResource, useSeatimeApi, type CourseSummary, type Resource, type SeatimeApi } from '../seatime';

/** All courses that the signed-in user sees: an author's own, an administrator's all, a learner's published ones. */
export const useCourses = (): Resource<CourseSummary[]> => {
  const api = useSeatimeApi();
  return useResource(useCallback(() => allCourses(api), [api]));
};

const allCourses = async (api: SeatimeApi): Promise<CourseSummary[]> => {
  const found: CourseSummary[] = [];
  let after: string | null = '';
  while (after !== null) {
    const page = await api.courses(after);
    found.push(...page.courses);
    after = page.next;
  }
  return found;
};
