/** The right to play a lesson, giving it back, and what the right comes from. */
import type { components, paths } from './generated/playback';
import type { Http } from './http';
import { addressOf, service } from './service';

export const playbackCalls = (http: Http) => {
  const playback = service<paths>(http);
  return {
    /** `takeOver` ends the learner's playing on another device, where the course allows no more. */
    playback: (lessonId: string, refresh?: string, takeOver = false) =>
      playback.get('/api/videos/{lessonId}/playback', {
        path: { lessonId },
        query: { ...(refresh === undefined ? {} : { refresh }), ...(takeOver ? { takeOver } : {}) },
      }),

    ownEnrollment: (courseId: string) => playback.get('/api/playback/enrollments/{courseId}', { path: { courseId } }),
    /** Those that have ended as well. */
    ownEnrollments: (after = '') => playback.get('/api/playback/enrollments', { query: { after } }),

    /** The player goes away: its place among the learner's devices is free. Needs no answer and no bearer. */
    releasePlayback: (lessonId: string, watchGrant: string): boolean => {
      const path = '/api/videos/{lessonId}/playback/release' satisfies keyof paths;
      const body: components['schemas']['Release'] = { watchGrant };
      const beacon = new Blob([JSON.stringify(body)], { type: 'text/plain' });
      return navigator.sendBeacon(http.baseUrl + addressOf(path, { lessonId }), beacon);
    },
  };
};
