import { Link } from 'react-router';
import { clock, percent } from '../../../seatime';
import type { LessonStanding } from './standing';

interface LessonListProps {
  courseId: string;
  lessons: readonly LessonStanding[];
  current: string;
  /** Whether the learner's watching counts at all. */
  counted: boolean;
}

/** The course's lessons beside the one that plays. */
export const LessonList = ({ courseId, lessons, current, counted }: LessonListProps) => (
  <nav className="card lessons" aria-label="Lessons">
    <h2>Lessons</h2>
    <ol>
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

const facts = ({ lesson }: LessonStanding): string => {
  const state = {
    pending: 'No video yet',
    processing: 'Being prepared',
    error: 'Not available',
    ready: lesson.duration === null ? '' : clock(lesson.duration),
  }[lesson.processingStatus];
  return lesson.required ? state : `${state} · optional`;
};

const Share = ({ coverage, state }: LessonStanding) =>
  state === 'complete' ? <span className="pill good">Complete</span> : <span className="pill">{percent(coverage)}</span>;
