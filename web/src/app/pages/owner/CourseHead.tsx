import { useCallback, useEffect, useRef } from 'react';
import { Link, NavLink, useLocation } from 'react-router';
import { useResource, useSeatimeApi } from '../../../seatime';
import { useTitle } from '../../useTitle';
import styles from './owner.module.css';

const PARTS = [
  { path: '', name: 'Overview' },
  { path: '/reviews', name: 'Review queue' },
  { path: '/exports', name: 'Exports' },
  { path: '/cost', name: 'Cost' },
] as const;
const LESSON_PARTS = [
  { path: '', name: 'Overview' },
  { path: '/learners', name: 'Learners' },
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
      <Parts label="Of this course" at={`/dashboard/courses/${courseId}`} parts={PARTS} />
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
      <Parts label="Of this lesson" at={`/dashboard/lessons/${lessonId}`} parts={LESSON_PARTS} />
    </header>
  );
};

interface PartsProps {
  label: string;
  at: string;
  parts: readonly { path: string; name: string }[];
}

/** A narrow screen that has no room for all shows at least where one is. */
const Parts = ({ label, at, parts }: PartsProps) => {
  const bar = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    const here = bar.current?.querySelector<HTMLElement>('[aria-current]');
    if (bar.current && here) bar.current.scrollLeft = here.offsetLeft + here.offsetWidth - bar.current.clientWidth;
  }, [pathname]);
  return (
    <nav ref={bar} className={styles.parts} aria-label={label}>
      {parts.map(({ path, name }) => (
        <NavLink key={path} to={at + path} end={path !== '/learners'}>
          {name}
        </NavLink>
      ))}
    </nav>
  );
};
