import { useEffect, useRef } from 'react';
import { Link } from 'react-router';
import { clock, percent } from '../../../seatime';
import type { LessonStanding } from './standing';
import styles from './course.module.css';

interface LessonListProps {
  courseId: string;
  lessons: readonly LessonStanding[];
  current: string;
  /** Whether the learner's watching counts at all. */
  counted: boolean;
}

/** The course's lessons beside the one that plays. A long list scrolls by itself, from where that one stands. */
export const LessonList = ({ courseId, lessons, current, counted }: LessonListProps) => {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const here = list.current?.querySelector<HTMLElement>('[aria-current]');
    if (list.current && here) list.current.scrollTop = here.offsetTop - list.current.clientHeight / 3;
  }, [current]);
  return (
    <nav className={`card lessons ${styles.beside}`} aria-label="Lessons">
      <h2>Lessons</h2>
      <ol ref={list}>
        {lessons.map((standing) => (
          <li key={standing.lesson.id}>
            <Link
              to={`/courses/${courseId}/lessons/${standing.lesson.id}`}
              aria-current={standing.lesson.id === current ? 'page' : undefined}
            >
              <span className="lesson-title">{standing.lesson.title}</span>
              <span className="lesson-facts">
                {facts(standing)}
                {counted && <Share {...standing} />}
              </span>
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
};

const facts = ({ lesson }: LessonStanding): string => {
  const state = {
    pending: 'No video yet',
    processing: 'Being prepared',
    error: 'Not available',
    ready: lesson.duration === null ? '' : clock(lesson.duration),
  }[lesson.processingStatus];
  return lesson.required ? state : `${state} · optional`;
};

const Share = ({ coverage, state }: LessonStanding) => {
  if (state === 'complete') return <span className="pill good">✓ Complete</span>;
  return coverage > 0 ? <span className="pill">{percent(coverage)}</span> : null;
};
