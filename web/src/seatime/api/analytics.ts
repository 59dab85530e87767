/** What happened in lessons and courses, for those who own them. */
import type { paths } from './generated/analytics';
import type { Http } from './http';
import { service } from './service';

export const analyticsCalls = (http: Http) => {
  const analytics = service<paths>(http);
  return {
    lessonAnalytics: (lessonId: string) => analytics.get('/api/analytics/lessons/{lesson_id}', { path: { lesson_id: lessonId } }),
    courseAnalytics: (courseId: string) => analytics.get('/api/analytics/courses/{course_id}', { path: { course_id: courseId } }),
  };
};
