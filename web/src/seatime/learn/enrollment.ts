/** What learners are told of their enrolment in a course, and of when it ends. Pure. */
import type { OwnEnrollment } from '../api/types';

export type EnrollmentState = 'fine' | 'ends-later' | 'ends-soon' | 'open-to-all' | 'expired' | 'suspended' | 'removed' | 'none' | 'closed';

export interface EnrollmentWords {
  state: EnrollmentState;
  /** In a few words, beside the course's title. */
  short: string;
  /** A sentence that stands alone, and the one after it: what it means. */
  title: string;
  message: string;
}

/** As long as there is more left than this, the end is mentioned and nobody is warned. */
const SOON_DAYS = 14;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const KEPT = 'What you have watched is kept.';
const ASK = 'Whoever runs the course can enrol you again.';

const day = (iso: string): string => new Date(iso).toLocaleDateString(undefined, { dateStyle: 'long' });
const moment = (iso: string): string => new Date(iso).toLocaleString(undefined, { dateStyle: 'long', timeStyle: 'short' });

const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** Rounded down, so that nobody counts on more than there is: `3 days`, `5 hours`, `less than an hour`. */
export const timeLeft = (ms: number): string => {
  if (ms < HOUR_MS) return 'less than an hour';
  if (ms < 2 * DAY_MS) return many(Math.floor(ms / HOUR_MS), 'hour');
  return many(Math.floor(ms / DAY_MS), 'day');
};

/** Whether the learner may watch, once known. */
export const mayWatch = (own: OwnEnrollment | undefined): boolean => own === undefined || own.access !== null;

/** Null where there is nothing to say: enrolled for good, or here by another right (owner, administrator). */
export const enrollmentWords = (own: OwnEnrollment, now: number): EnrollmentWords | null => {
  if (own.access === 'owner' || own.access === 'admin') return null;
  if (own.access === 'enrolled') return own.expiresAt === null ? null : endsAt(own.expiresAt, now);
  if (own.access === 'public') return openToAll(own);
  return SHUT[own.standing](own);
};

const endsAt = (expiresAt: string, now: number): EnrollmentWords => {
  const left = new Date(expiresAt).getTime() - now;
  if (left > SOON_DAYS * DAY_MS) {
    return { state: 'ends-later', short: `Until ${day(expiresAt)}`, title: `You are enrolled until ${day(expiresAt)}.`, message: '' };
  }
  const short = left <= 0 ? 'Ends now' : `Ends in ${timeLeft(left)}`;
  return {
    state: 'ends-soon',
    short,
    title: left <= 0 ? 'Your enrolment ends now.' : `Your enrolment ends in ${timeLeft(left)}.`,
    message: `You can watch until ${moment(expiresAt)}. ${KEPT}`,
  };
};

const openToAll = (own: OwnEnrollment): EnrollmentWords => ({
  state: 'open-to-all',
  short: 'Open to everybody',
  title: own.standing === 'expired' ? 'Your enrolment has ended, and the course is open to everybody.' : 'This course is open to everybody.',
  message: 'You can watch it without being enrolled, and what you watch counts.',
});

const SHUT: Record<OwnEnrollment['standing'], (own: OwnEnrollment) => EnrollmentWords> = {
  active: () => ({
    state: 'closed',
    short: 'Closed for now',
    title: 'This course is closed for now.',
    message: `You are enrolled, and can watch again when it is published. ${KEPT}`,
  }),
  expired: ({ expiresAt }) => ({
    state: 'expired',
    short: 'Enrolment ended',
    title: expiresAt === null ? 'Your enrolment has ended.' : `Your enrolment ended on ${day(expiresAt)}.`,
    message: `You can see the lessons, but not watch them any more. ${KEPT} ${ASK}`,
  }),
  suspended: () => ({
    state: 'suspended',
    short: 'Enrolment suspended',
    title: 'Your enrolment is suspended.',
    message: `You can’t watch the lessons for now. ${KEPT} Whoever runs the course can tell you why, and lift it.`,
  }),
  removed: () => ({
    state: 'removed',
    short: 'No longer enrolled',
    title: 'You are no longer enrolled in this course.',
    message: `You can see the lessons, but not watch them any more. ${KEPT} ${ASK}`,
  }),
  none: () => ({
    state: 'none',
    short: 'Not enrolled',
    title: 'You are not enrolled in this course.',
    message: 'You can see what is in it, but not watch the lessons. Whoever runs the course can enrol you.',
  }),
};

const LONGEST_WAIT_MS = DAY_MS;

/** Milliseconds after which the words may be others: when the enrolment ends, and before it by the hour. */
export const wordsChangeIn = (own: OwnEnrollment, now: number): number | null => {
  if (own.access !== 'enrolled' || own.expiresAt === null) return null;
  const left = new Date(own.expiresAt).getTime() - now;
  if (left <= 0) return 2_000; // clocks differ: asked until the server says so
  return Math.min(left + 500, left < 2 * DAY_MS ? HOUR_MS : LONGEST_WAIT_MS);
};
