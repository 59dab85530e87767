/** What a course's owner asks the services for, and decides. */
import { readEvents } from './events';
import type { paths as AnalyticsPaths } from './generated/analytics';
import type { paths as ProgressPaths } from './generated/progress';
import type { Http } from './http';
import type { Chosen, CourseLive, ExportFormat, ExportTicket, ReviewState } from './owner-types';
import { ApiProblem } from './problem';
import { addressOf, service } from './service';

export type OwnerCalls = ReturnType<typeof ownerCalls>;

const ofCourse = (courseId: string) => ({ path: { course_id: courseId } });
const ofLesson = (lessonId: string) => ({ path: { lesson_id: lessonId } });
/** A stream's address, by a path that there is. */
const at = (path: keyof AnalyticsPaths, inPath: Record<string, string>, query = {}) => addressOf(path, inPath, query);

export const ownerCalls = (http: Http) => {
  const analytics = service<AnalyticsPaths>(http);
  const progress = service<ProgressPaths>(http);
  /** With the whole address. */
  const within = (ticket: ExportTicket): ExportTicket => ({ ...ticket, action: http.baseUrl + ticket.action });
  return {
    course: (courseId: string) => analytics.get('/api/analytics/courses/{course_id}', ofCourse(courseId)),
    courseDays: (courseId: string, { from, to }: Chosen = {}) =>
      analytics.get('/api/analytics/courses/{course_id}/days', { ...ofCourse(courseId), query: { from, to } }),

    lesson: (lessonId: string, { cohort, from, to }: Chosen = {}) =>
      analytics.get('/api/analytics/lessons/{lesson_id}', { ...ofLesson(lessonId), query: { cohort, from, to } }),
    lessonDays: (lessonId: string, { from, to }: Chosen = {}) =>
      analytics.get('/api/analytics/lessons/{lesson_id}/days', { ...ofLesson(lessonId), query: { from, to } }),
    cohorts: (lessonId: string) => analytics.get('/api/analytics/lessons/{lesson_id}/cohorts', ofLesson(lessonId)),
    interactions: (lessonId: string) =>
      analytics.get('/api/analytics/lessons/{lesson_id}/interactions', ofLesson(lessonId)),
    platforms: (lessonId: string) => analytics.get('/api/analytics/lessons/{lesson_id}/platforms', ofLesson(lessonId)),

    learners: (lessonId: string, after?: string, limit?: number) =>
      analytics.get('/api/analytics/lessons/{lesson_id}/learners', { ...ofLesson(lessonId), query: { after, limit } }),
    learner: (lessonId: string, learnerId: string) =>
      analytics.get('/api/analytics/lessons/{lesson_id}/learners/{learner_id}', {
        path: { lesson_id: lessonId, learner_id: learnerId },
      }),
    /** What the ledger made of one learner's watching, in the words that the learner is told. */
    learnerProgress: (lessonId: string, learnerId: string) =>
      progress.get('/api/progress/lessons/{lessonId}/learners/{learnerId}', { path: { lessonId, learnerId } }),
    sessions: (lessonId: string, learner: string) =>
      progress.get('/api/progress/lessons/{lessonId}/sessions', { path: { lessonId }, query: { learner } }),
    attempts: (courseId: string, learnerId: string) =>
      progress.get('/api/progress/courses/{courseId}/learners/{learnerId}/attempts', { path: { courseId, learnerId } }),

    /** The worst first. */
    reviews: (courseId: string, state: ReviewState, after?: string) =>
      progress.get('/api/progress/courses/{courseId}/reviews', { path: { courseId }, query: { state, after } }),
    decide: (courseId: string, learnerId: string, decision: Exclude<ReviewState, 'open'>, note: string) =>
      progress.put('/api/progress/courses/{courseId}/reviews/{learnerId}', {
        path: { courseId, learnerId },
        body: { decision, note },
      }),

    cost: (courseId: string) => analytics.get('/api/analytics/courses/{course_id}/cost', ofCourse(courseId)),
    setBudget: (courseId: string, budget: { monthlyUsd: number; thresholds: number[] }) =>
      analytics.put('/api/analytics/courses/{course_id}/budget', { ...ofCourse(courseId), body: budget }),

    /** What the browser's own download of a file takes in the place of the bearer token. */
    exportLearners: async (courseId: string, format: ExportFormat) =>
      within(await analytics.post('/api/analytics/courses/{course_id}/export/learners/tickets', { ...ofCourse(courseId), query: { format } })),
    exportRetention: async (lessonId: string, format: ExportFormat) =>
      within(await analytics.post('/api/analytics/lessons/{lesson_id}/export/retention/tickets', { ...ofLesson(lessonId), query: { format } })),

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
      const body = await http.open(at('/api/analytics/courses/{course_id}/live', { course_id: courseId }), headers, signal);
      onOpen?.();
      let gone: string | undefined;
      await readEvents(body, ({ type, data, id }) => {
        if (type === 'live') onLive(JSON.parse(data) as CourseLive, id);
        if (type === 'gone') gone = data;
      });
      if (gone !== undefined) throw new ApiProblem(403, gone, 'This course is not yours to see any more.');
    },
  };
};
