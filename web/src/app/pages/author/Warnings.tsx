import { useCallback } from 'react';
import { Link } from 'react-router';
import { useResource, useSeatimeApi, type Course } from '../../../seatime';
import styles from './author.module.css';

/** Rules that nobody can meet, told to the author before learners find out. Read again whenever the course changed. */
export const Warnings = ({ course }: { course: Course }) => {
  const api = useSeatimeApi();
  const { id, version } = course;
  const stamp = JSON.stringify([version, course.lessons]);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- a changed course is another question
  const { data } = useResource(useCallback(() => api.courseWarnings(id), [api, id, stamp]));
  if (data === undefined || data.warnings.length === 0) return null;
  return (
    <section className={styles.warnings} aria-label="To look at" data-testid="warnings">
      <h2>To look at</h2>
      <ul>
        {data.warnings.map(({ code, lessonId, message, deadEnd }) => (
          <li key={`${code} ${lessonId}`} data-code={code} data-dead-end={deadEnd}>
            {message}{' '}
            {lessonId !== null && course.lessons.some((lesson) => lesson.id === lessonId) && (
              <Link to={`/courses/${id}/lessons/${lessonId}/edit`}>Edit the lesson</Link>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
};
