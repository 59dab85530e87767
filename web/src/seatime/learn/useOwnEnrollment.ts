import { useCallback } from 'react';
import type { OwnEnrollment } from '../api/types';
import { useSeatimeApi } from '../context';
import { useResource, type Resource } from '../useResource';
import { wordsChangeIn } from './enrollment';

export interface KnownEnrollment {
  own: OwnEnrollment;
  /** Milliseconds since the epoch. */
  readAt: number;
}

const pollEvery = ({ own, readAt }: KnownEnrollment): number | null => wordsChangeIn(own, readAt);

/** How the learner stands in a course, read again when that may change by itself. */
export const useOwnEnrollment = (courseId: string): Resource<KnownEnrollment> => {
  const api = useSeatimeApi();
  const load = useCallback(async () => ({ own: await api.ownEnrollment(courseId), readAt: Date.now() }), [api, courseId]);
  return useResource(load, { pollEvery });
};
