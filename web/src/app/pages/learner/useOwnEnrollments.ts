import { useCallback } from 'react';
import { useResource, useSeatimeApi, type CourseSummary, type KnownEnrollment, type OwnEnrollment, type SeatimeApi } from '../../../seatime';

/** Undefined where it can't be known now. */
export type EnrollmentIn = (course: CourseSummary) => KnownEnrollment | undefined;

/** How the learner stands in each course; null until it is known whether it can be. */
export const useOwnEnrollments = (): EnrollmentIn | null => {
  const api = useSeatimeApi();
  const load = useCallback(async () => ({ all: await allOwn(api), readAt: Date.now() }), [api]);
  const { data, loading } = useResource(load);
  if (data === undefined) return loading ? null : () => undefined;
  return (course) => ({ own: data.all.get(course.id) ?? notEnrolled(course), readAt: data.readAt });
};

const notEnrolled = (course: CourseSummary): OwnEnrollment => ({
  courseId: course.id,
  standing: 'none',
  expiresAt: null,
  access: course.public ? 'public' : null,
});

const allOwn = async (api: SeatimeApi): Promise<Map<string, OwnEnrollment>> => {
  const found = new Map<string, OwnEnrollment>();
  let after: string | null = '';
  while (after !== null) {
    const page = await api.ownEnrollments(after);
    for (const own of page.enrollments) found.set(own.courseId, own);
    after = page.next;
  }
  return found;
};
