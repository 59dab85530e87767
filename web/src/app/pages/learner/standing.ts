/** Where a learner stands in a course, in the words of its pages. Pure. */
import type { Course, CourseProgress, LessonSummary } from '../../../seatime';
import type { User } from '../../users';

export type LessonState = 'complete' | 'begun' | 'open' | 'processing' | 'no-video' | 'failed';

export interface LessonStanding {
  lesson: LessonSummary;
  state: LessonState;
  /** 0…1. */
  coverage: number;
}

const UNPLAYABLE: Partial<Record<LessonSummary['processingStatus'], LessonState>> = {
  pending: 'no-video',
  processing: 'processing',
  error: 'failed',
};

/** The lessons in their order; what was done counts whatever became of the video since. */
export const standings = (course: Course, progress: CourseProgress | undefined): LessonStanding[] =>
  [...course.lessons]
    .sort((a, b) => a.position - b.position)
    .map((lesson) => {
      const known = progress?.lessons.find(({ lessonId }) => lessonId === lesson.id);
      const coverage = known?.coverage ?? 0;
      const state = known?.complete
        ? 'complete'
        : (UNPLAYABLE[lesson.processingStatus] ?? (coverage > 0 ? 'begun' : 'open'));
      return { lesson, state, coverage };
    });

/** What to watch next: the first that is open and counts, else the first that is open; undefined when all is done. */
export const nextOf = (lessons: readonly LessonStanding[]): LessonStanding | undefined => {
  const open = lessons.filter(({ state }) => state === 'begun' || state === 'open');
  return open.find(({ lesson }) => lesson.required) ?? open[0];
};

/** The one after this; undefined after the last. */
export const after = (lessons: readonly LessonStanding[], lessonId: string): LessonStanding | undefined =>
  lessons[lessons.findIndex(({ lesson }) => lesson.id === lessonId) + 1];

export const countRequired = (lessons: readonly LessonStanding[]): { done: number; of: number } => {
  const required = lessons.filter(({ lesson }) => lesson.required);
  return { done: required.filter(({ state }) => state === 'complete').length, of: required.length };
};

/** Watching one's own course, or any as an admin, is not counted. */
export const isPreview = (user: User | null, course: Course): boolean =>
  user !== null && (user.role === 'admin' || user.id === course.ownerId);
