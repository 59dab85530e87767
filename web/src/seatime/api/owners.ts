/** What a course's owner asks the services for, and decides. */
import { readEvents } from './events';
import type { Http } from './http';
import type {
  Attempts,
  Budget,
  Chosen,
  Cohorts,
  CourseCost,
  CourseLive,
  CourseNumbers,
  DaySeries,
  ExportFormat,
  Interactions,
  LearnerMap,
  LearnerMaps,
  LessonNumbers,
  Review,
  ReviewState,
  Reviews,
  Sessions,
  VideoAnalytics,
} from './owner-types';
import { ApiProblem } from './problem';
import type { LessonProgress } from './types';

const segment = encodeURIComponent;

/** What is not given is left out. */
const query = (given: Record<string, string | number | undefined>): string => {
  const said = Object.entries(given).filter(([, value]) => value !== undefined && value !== '');
  return said.length === 0 ? '' : `?${said.map(([name, value]) => `${name}=${segment(String(value))}`).join('&')}`;
};

const ofCourse = (courseId: string): string => `/api/analytics/courses/${segment(courseId)}`;
const ofLesson = (lessonId: string): string => `/api/analytics/lessons/${segment(lessonId)}`;
const progressOf = (courseId: string): string => `/api/progress/courses/${segment(courseId)}`;

export type OwnerCalls = ReturnType<typeof ownerCalls>;

export const ownerCalls = ({ call, open }: Http) => ({
  course: (courseId: string) => call<CourseNumbers>('GET', ofCourse(courseId)),
  courseDays: (courseId: string, { from, to }: Chosen = {}) =>
    call<DaySeries>('GET', ofCourse(courseId) + `/days${query({ from, to })}`),

  lesson: (lessonId: string, { cohort, from, to }: Chosen = {}) =>
    call<LessonNumbers>('GET', ofLesson(lessonId) + query({ cohort, from, to })),
  lessonDays: (lessonId: string, { from, to }: Chosen = {}) =>
    call<DaySeries>('GET', ofLesson(lessonId) + `/days${query({ from, to })}`),
  cohorts: (lessonId: string) => call<Cohorts>('GET', `${ofLesson(lessonId)}/cohorts`),
  interactions: (lessonId: string) => call<Interactions>('GET', `${ofLesson(lessonId)}/interactions`),
  platforms: (lessonId: string) => call<VideoAnalytics>('GET', `${ofLesson(lessonId)}/platforms`),

  learners: (lessonId: string, after?: string, limit?: number) =>
    call<LearnerMaps>('GET', ofLesson(lessonId) + `/learners${query({ after, limit })}`),
  learner: (lessonId: string, learnerId: string) =>
    call<LearnerMap>('GET', `${ofLesson(lessonId)}/learners/${segment(learnerId)}`),
  /** What the ledger made of one learner's watching, in the words that the learner is told. */
  learnerProgress: (lessonId: string, learnerId: string) =>
    call<LessonProgress>('GET', `/api/progress/lessons/${segment(lessonId)}/learners/${segment(learnerId)}`),
  sessions: (lessonId: string, learner: string) =>
    call<Sessions>('GET', `/api/progress/lessons/${segment(lessonId)}/sessions${query({ learner })}`),
  attempts: (courseId: string, learnerId: string) =>
    call<Attempts>('GET', `${progressOf(courseId)}/learners/${segment(learnerId)}/attempts`),

  /** The worst first. */
  reviews: (courseId: string, state: ReviewState, after?: string) =>
    call<Reviews>('GET', progressOf(courseId) + `/reviews${query({ state, after })}`),
  decide: (courseId: string, learnerId: string, decision: Exclude<ReviewState, 'open'>, note: string) =>
    call<Review>('PUT', `${progressOf(courseId)}/reviews/${segment(learnerId)}`, { decision, note }),

  cost: (courseId: string) => call<CourseCost>('GET', `${ofCourse(courseId)}/cost`),
  setBudget: (courseId: string, budget: { monthlyUsd: number; thresholds: number[] }) =>
    call<Budget>('PUT', `${ofCourse(courseId)}/budget`, budget),

  /** A file as it comes, however long. */
  exportLearners: (courseId: string, format: ExportFormat, signal: AbortSignal) =>
    open(`${ofCourse(courseId)}/export/learners${query({ format })}`, {}, signal),
  exportRetention: (lessonId: string, format: ExportFormat, signal: AbortSignal) =>
    open(`${ofLesson(lessonId)}/export/retention${query({ format })}`, {}, signal),

  /**
   * The course as it is watched now and after each change, until the server ends the stream or `signal` does. `seen` is
   * the id of the event that was read last: what it told is not told again. Throws on an outage, and where the right to
   * see it is gone.
   */
  live: async (
    courseId: string,
    onLive: (live: CourseLive, id: string | undefined) => void,
    signal: AbortSignal,
    { seen, onOpen }: { seen?: string | undefined; onOpen?: () => void } = {},
  ): Promise<void> => {
    const headers = { Accept: 'text/event-stream', ...(seen === undefined ? {} : { 'Last-Event-ID': seen }) };
    const body = await open(`${ofCourse(courseId)}/live`, headers, signal);
    onOpen?.();
    let gone: string | undefined;
    await readEvents(body, ({ type, data, id }) => {
      if (type === 'live') onLive(JSON.parse(data) as CourseLive, id);
      if (type === 'gone') gone = data;
    });
    if (gone !== undefined) throw new ApiProblem(403, gone, 'This course is not yours to see any more.');
  },
});
