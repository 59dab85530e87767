import { useCallback } from 'react';
import { NavLink, Link } from 'react-router';
import { useResource, useSeatimeApi } from '../../../seatime';
import { useTitle } from '../../useTitle';
import styles from './owner.module.css';

const PARTS = [
  { path: '', name: 'Overview' },
  { path: '/reviews', name: 'Review queue' },
  { path: '/exports', name: 'Exports' },
  { path: '/cost', name: 'Cost' },
] as const;

interface CourseHeadProps {
  courseId: string;
  /** The page's name, for the window's title. */
  page: string;
}

/** The course that a page is about, and the way to its other pages. */
export const CourseHead = ({ courseId, page }: CourseHeadProps) => {
  const api = useSeatimeApi();
  const { data } = useResource(useCallback(() => api.course(courseId), [api, courseId]));
  const title = data?.title ?? 'Course';
  useTitle(`${page} · ${title}`);
  return (
    <header className={styles.head}>
      <p className={styles.crumbs}>
        <Link to="/dashboard">Dashboards</Link>
        <Link to={`/courses/${courseId}`}>Course page</Link>
      </p>
      <h1>{title}</h1>
      <nav className={styles.parts} aria-label="Of this course">
        {PARTS.map(({ path, name }) => (
          <NavLink key={path} to={`/dashboard/courses/${courseId}${path}`} end>
            {name}
          </NavLink>
        ))}
      </nav>
    </header>
  );
};

interface LessonHeadProps {
  courseId: string | undefined;
  lessonId: string;
  title: string | undefined;
  page: string;
}

export const LessonHead = ({ courseId, lessonId, title = 'Lesson', page }: LessonHeadProps) => {
  useTitle(`${page} · ${title}`);
  return (
    <header className={styles.head}>
      <p className={styles.crumbs}>
        {courseId !== undefined && <Link to={`/dashboard/courses/${courseId}`}>Course dashboard</Link>}
        {courseId !== undefined && <Link to={`/courses/${courseId}/lessons/${lessonId}`}>Lesson page</Link>}
      </p>
      <h1>{title}</h1>
      <nav className={styles.parts} aria-label="Of this lesson">
        <NavLink to={`/dashboard/lessons/${lessonId}`} end>
          Overview
        </NavLink>
        <NavLink to={`/dashboard/lessons/${lessonId}/learners`}>Learners</NavLink>
      </nav>
    </header>
  );
};
