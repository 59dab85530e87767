/** Courses and lessons as their authors see them, and what learners find in them. */
import { readEvents } from './events';
import type { paths } from './generated/upload';
import type { Http } from './http';
import { addressOf, service } from './service';
import type { NewLesson } from './types';

export const courseCalls = (http: Http) => {
  const upload = service<paths>(http);
  return {
    courses: (after = '') => upload.get('/api/courses', { query: { after } }),
    course: (courseId: string) => upload.get('/api/courses/{course_id}', { path: { course_id: courseId } }),
    lesson: (lessonId: string) => upload.get('/api/lessons/{lesson_id}', { path: { lesson_id: lessonId } }),

    /** The whole description: what is left out goes back to its default. */
    putLesson: (courseId: string, lessonId: string, lesson: NewLesson) =>
      upload.put('/api/courses/{course_id}/lessons/{lesson_id}', {
        path: { course_id: courseId, lesson_id: lessonId },
        body: lesson,
      }),

    /** The lesson now and after each change, until the server ends the stream or `signal` does. Throws on an outage. */
    lessonEvents: async (lessonId: string, onLesson: () => void, signal: AbortSignal): Promise<void> => {
      const path = '/api/lessons/{lesson_id}/events' satisfies keyof paths;
      const body = await http.open(addressOf(path, { lesson_id: lessonId }), { Accept: 'text/event-stream' }, signal);
      await readEvents(body, (event) => {
        if (event.type === 'lesson') onLesson();
      });
    },
  };
};
