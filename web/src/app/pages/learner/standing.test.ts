import { describe, expect, it } from 'vitest';
import type { Course, CourseProgress, LessonSummary } from '../../../seatime';
import { after, countRequired, nextOf, standings } from './standing';

const lesson = (id: string, position: number, rest: Partial<LessonSummary> = {}): LessonSummary => ({
  id,
  title: id,
  position,
  required: true,
  processingStatus: 'ready',
  duration: 60,
  videoProvider: 'mux',
  ...rest,
});

const courseOf = (...lessons: LessonSummary[]): Course => ({ id: 'c', lessons }) as Course;

const progressOf = (lessons: Record<string, number | true>): CourseProgress =>
  ({
    courseId: 'c',
    complete: false,
    reasons: [],
    lessons: Object.entries(lessons).map(([lessonId, done]) => ({
      lessonId,
      title: lessonId,
      required: true,
      coverage: done === true ? 1 : done,
      complete: done === true,
    })),
  }) as unknown as CourseProgress;

describe('where a learner stands', () => {
  const course = courseOf(
    lesson('third', 3, { required: false }),
    lesson('first', 1),
    lesson('second', 2),
    lesson('fourth', 4, { processingStatus: 'pending' }),
  );

  it('is told lesson by lesson, in their order', () => {
    const found = standings(course, progressOf({ first: true, second: 0.4 }));
    expect(found.map((one) => [one.lesson.id, one.state])).toEqual([
      ['first', 'complete'],
      ['second', 'begun'],
      ['third', 'open'],
      ['fourth', 'no-video'],
    ]);
    expect(countRequired(found)).toEqual({ done: 1, of: 3 });
  });

  it('keeps what is complete, whatever became of its video', () => {
    const gone = courseOf(lesson('first', 1, { processingStatus: 'error' }));
    expect(standings(gone, progressOf({ first: true }))[0]?.state).toBe('complete');
  });

  it('leads to the next lesson that counts, then to the optional ones', () => {
    expect(nextOf(standings(course, progressOf({ first: true })))?.lesson.id).toBe('second');
    expect(nextOf(standings(course, progressOf({ first: true, second: true })))?.lesson.id).toBe('third');
    expect(nextOf(standings(course, progressOf({ first: true, second: true, third: true })))).toBeUndefined();
  });

  it('knows the lesson after this one', () => {
    const found = standings(course, undefined);
    expect(after(found, 'first')?.lesson.id).toBe('second');
    expect(after(found, 'fourth')).toBeUndefined();
  });
});
