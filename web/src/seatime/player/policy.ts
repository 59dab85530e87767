/** What a refused grant means to the learner, and whether asking again can help. Pure. */
import type { ApiProblem } from '../api/problem';
import { backOff } from '../watch/policy';

export type BlockReason =
  | 'signed-out'
  | 'no-access'
  | 'not-found'
  | 'processing'
  | 'no-video'
  | 'refused'
  | 'busy'
  | 'elsewhere'
  | 'taken-over';

/** Another device plays; the learner may have it here instead. */
export const isElsewhere = (reason: BlockReason): boolean => reason === 'elsewhere' || reason === 'taken-over';

export interface Block {
  reason: BlockReason;
  title: string;
  message: string;
  /** Milliseconds until the next try by itself; null if only the user can change something. */
  retryInMs: number | null;
}

/** How often a video in the making is asked for: less and less, and after about an hour only where somebody wants it. */
const FIRST_POLL_MS = 3_000;
const MAX_POLL_MS = 30_000;
const MAX_POLLS = 120;

/** `attempt` counts from 1. */
const pollIn = (attempt: number, slower = 1): number | null =>
  attempt > MAX_POLLS ? null : slower * Math.min(MAX_POLL_MS, FIRST_POLL_MS * 1.25 ** (attempt - 1));

const NO_RIGHT: Record<string, string> = {
  not_entitled: 'You are not enrolled in this course.',
  unenrolled: 'You are no longer enrolled in this course.',
  suspended: 'Your enrolment in this course is suspended.',
  expired: 'Your enrolment in this course has expired.',
  unpublished: 'This course is not published.',
};

const noRight = (problem: ApiProblem): string =>
  NO_RIGHT[String(problem.details['reason'])] ?? 'You have no access to this lesson.';

const refusedAccess = (problem: ApiProblem): Block => {
  switch (problem.slug) {
    case 'lease-held':
      return {
        reason: 'elsewhere',
        title: 'You are watching on another device',
        message: 'This course plays in one place at a time. Continue here, and it stops there.',
        retryInMs: null,
      };
    case 'lease-taken':
      return {
        reason: 'taken-over',
        title: 'It plays on another device now',
        message: 'You continued there, so it stopped here. What you watched is kept.',
        retryInMs: null,
      };
    case 'playback-restricted':
      return {
        reason: 'no-access',
        title: 'Not from here',
        message: 'The videos of this course may not be played on this page or by this program.',
        retryInMs: null,
      };
    default:
      return { reason: 'no-access', title: 'No access', message: noRight(problem), retryInMs: null };
  }
};

const stillComing = (problem: ApiProblem, attempt: number): Block => {
  const status = problem.details['processingStatus'];
  if (status === 'error') {
    return {
      reason: 'refused',
      title: 'This video could not be prepared',
      message: 'Its author has to upload it again.',
      retryInMs: null,
    };
  }
  if (status === 'pending') {
    return {
      reason: 'no-video',
      title: 'No video yet',
      message: 'The lesson’s author has not uploaded its video yet.',
      retryInMs: pollIn(attempt, 5),
    };
  }
  const retryInMs = pollIn(attempt);
  return {
    reason: 'processing',
    title: 'Still processing',
    message: retryInMs === null ? 'It takes longer than usual. Come back later.' : 'The video is being prepared. It starts here as soon as it is ready.',
    retryInMs,
  };
};

export const blockFor = (problem: ApiProblem, attempt: number, random: number): Block => {
  switch (problem.status) {
    case 401:
      return { reason: 'signed-out', title: 'Please sign in', message: 'Your session has ended.', retryInMs: null };
    case 403:
      return refusedAccess(problem);
    case 404:
      return { reason: 'not-found', title: 'Not found', message: 'There is no such lesson.', retryInMs: null };
    case 409:
      return stillComing(problem, attempt);
    default:
      return {
        reason: 'busy',
        title: problem.status === 429 ? 'Too many requests' : 'Video temporarily unavailable',
        message: 'We keep trying. Playing starts by itself.',
        retryInMs: backOff(attempt, problem.retryAfterMs, random),
      };
  }
};

/** A refused refresh ends the playing only if it says that the right is gone; all else is tried again. */
export const endsPlayback = (problem: ApiProblem): boolean =>
  [401, 403, 404].includes(problem.status) && !mustBeginAnew(problem);

/** The old grant is too old to go on from (a long sleep): the right itself was not in question. */
export const mustBeginAnew = (problem: ApiProblem): boolean =>
  problem.status === 403 && problem.slug === 'watch-grant-refused';
