import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import {
  ProcessingState,
  clock,
  useSaving,
  useSeatimeApi,
  type Course,
  type LessonSummary,
  type SeatimeApi,
} from '../../../seatime';
import { Menu } from '../../../seatime/ui/Menu';
import { Problem } from '../../../seatime/ui/Problem';
import { Notice } from '../../Notice';
import { DeleteLesson } from './DeleteLesson';
import { NewLesson } from './NewLesson';
import styles from './author.module.css';

/** The lessons in their order: made, moved, opened, deleted. */
export const LessonsEditor = ({ course, reload }: { course: Course; reload: () => void }) => {
  const api = useSeatimeApi();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState<LessonSummary>();
  const moving = useSaving();
  const lessons = [...course.lessons].sort((a, b) => a.position - b.position);

  const move = async (from: number, to: number) => {
    await moving.run(() => reorder(api, course.id, lessons, from, to));
    reload();
  };

  return (
    <div className={styles.stack}>
      {moving.problem !== undefined && <Problem title="Not moved">{moving.problem.message}</Problem>}
      {lessons.length === 0 && <Notice title="No lessons yet" message="A lesson is a title and, later, a video." />}
      {lessons.length > 0 && (
        <ol className={styles.lessons}>
          {lessons.map((lesson, index) => (
            <li key={lesson.id} className={styles.lesson} data-testid="authored-lesson">
              <span className={styles.place}>{index + 1}</span>
              <span className={styles.standing}>
                <span className={styles.name}>
                  <Link to={`/courses/${course.id}/lessons/${lesson.id}/edit`}>{lesson.title}</Link>
                  <span className="muted small">
                    {[lesson.duration === null ? null : clock(lesson.duration), lesson.required ? null : 'optional']
                      .filter(Boolean)
                      .join(' · ')}
                  </span>
                </span>
                <ProcessingState status={lesson.processingStatus} brief />
              </span>
              <Menu
                label={`Actions for ${lesson.title}`}
                items={[
                  { label: 'Edit', onSelect: () => void navigate(`/courses/${course.id}/lessons/${lesson.id}/edit`) },
                  { label: 'Move up', onSelect: () => void move(index, index - 1), disabled: index === 0 },
                  { label: 'Move down', onSelect: () => void move(index, index + 1), disabled: index === lessons.length - 1 },
                  { label: 'Delete…', onSelect: () => setDeleting(lesson), danger: true },
                ]}
              >
                <Dots />
              </Menu>
            </li>
          ))}
        </ol>
      )}
      <NewLesson
        courseId={course.id}
        position={Math.max(0, ...lessons.map(({ position }) => position)) + 1}
        label="Add a lesson"
        onCreated={reload}
      />
      <DeleteLesson
        courseId={course.id}
        lesson={deleting}
        onClose={() => setDeleting(undefined)}
        onDeleted={() => {
          setDeleting(undefined);
          reload();
        }}
      />
    </div>
  );
};

/** Positions are written where they differ from the new order; what else a lesson is stays. */
const reorder = async (api: SeatimeApi, courseId: string, lessons: readonly LessonSummary[], from: number, to: number) => {
  const order = [...lessons];
  const [moved] = order.splice(from, 1);
  if (moved === undefined) return;
  order.splice(to, 0, moved);
  for (const [index, lesson] of order.entries()) {
    if (lesson.position === index + 1) continue;
    const { title, required, rules } = await api.lesson(lesson.id);
    await api.putLesson(courseId, lesson.id, { title, required, rules, position: index + 1 });
  }
};

const Dots = () => (
  <svg viewBox="0 0 24 24" width="20" height="20" fill="currentColor" aria-hidden="true">
    <circle cx="5" cy="12" r="2" />
    <circle cx="12" cy="12" r="2" />
    <circle cx="19" cy="12" r="2" />
  </svg>
);
