/** How far the caller is. */
import type { paths } from './generated/progress';
import type { Http } from './http';
import { service } from './service';

export const progressCalls = (http: Http) => {
  const progress = service<paths>(http);
  return {
    lessonProgress: (lessonId: string) => progress.get('/api/progress/lessons/{lessonId}', { path: { lessonId } }),
    courseProgress: (courseId: string) => progress.get('/api/progress/courses/{courseId}', { path: { courseId } }),
  };
};
