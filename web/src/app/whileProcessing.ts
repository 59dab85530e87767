import type { Course } from '../seatime';

const POLL_MS = 4_000;

/** A course is read again as long as one of its videos is on its way. */
export const whileProcessing = {
  pollEvery: (course: Course): number | null =>
    course.lessons.some((lesson) => lesson.processingStatus === 'processing') ? POLL_MS : null,
};
