import { Link } from 'react-router';
import { clock, percent, type CourseProgress, type LessonSummary } from '../../../seatime';

interface LessonListProps {
  courseId: string;
  lessons: readonly LessonSummary[];
  current: string;
  progress: CourseProgress | undefined;
}

export const LessonList = ({ courseId, lessons, current, progress }: LessonListProps) => (
  <nav className="card lessons" aria-label="Lessons">
    <h2>Lessons</h2>
    <ol>
      {lessons.map((lesson) => {
        const done = progress?.lessons.find((candidate) => candidate.lessonId === lesson.id);
        return (
          <li key={lesson.id}>
            <Link to={`/courses/${courseId}/lessons/${lesson.id}`} aria-current={lesson.id === current ? 'page' : undefined}>
              <span className="lesson-title">{lesson.title}</span>
              <span className="lesson-facts">
                {facts(lesson)}
                {done && <Share coverage={done.coverage} complete={done.complete} />}
              </span>
            </Link>
          </li>
        );
      })}
    </ol>
  </nav>
);

const facts = (lesson: LessonSummary): string => {
  const state = {
    pending: 'No video yet',
    processing: 'Processing…',
    error: 'Video failed',
    ready: lesson.duration === null ? '' : clock(lesson.duration),
  }[lesson.processingStatus];
  return lesson.required ? state : `${state} · optional`;
};

const Share = ({ coverage, complete }: { coverage: number; complete: boolean }) =>
  complete ? <span className="pill good">Complete</span> : <span className="pill">{percent(coverage)}</span>;
