/** A course as its owner sees it: who watches now, what it came to, when, and lesson by lesson. */
import { useCallback, useMemo, useState, type CSSProperties } from 'react';
import { Link } from 'react-router';
import { clock, percent, useResource, useSeatimeApi } from '../../../seatime';
import type { CourseNumbers } from '../../../seatime/api/owner-types';
import { buttonClass } from '../../../seatime/ui/Button';
import { Meter } from '../../../seatime/ui/Meter';
import { Table } from '../../../seatime/ui/Table';
import { LiveViewers } from '../../../seatime/views/LiveViewers';
import { Withheld, WithheldCell } from '../../../seatime/views/Withheld';
import { Figures } from '../../Figures';
import { Notice } from '../../Notice';
import { useParam } from '../../useParam';
import { CourseHead } from './CourseHead';
import { DaysSection } from './Days';
import { Loaded } from './Loaded';
import styles from './owner.module.css';

const REFRESH_MS = 5_000;
const refreshing = { pollEvery: () => REFRESH_MS };

export default function CourseDashboardPage() {
  const courseId = useParam('courseId');
  const api = useSeatimeApi();
  const numbers = useResource(useCallback(() => api.owners.course(courseId), [api, courseId]), refreshing);
  return (
    <div className="page">
      <CourseHead courseId={courseId} page="Dashboard" />
      <Loaded resource={numbers} what="Counting" lines={6}>
        {(course) =>
          course.lessons.length === 0 ? (
            <Notice title="No lessons yet" message="Figures come with the first lesson that somebody watches.">
              <Link className={buttonClass()} to={`/courses/${courseId}/manage`}>
                Add lessons
              </Link>
            </Notice>
          ) : (
            <Overview course={course} />
          )
        }
      </Loaded>
    </div>
  );
}

const Overview = ({ course }: { course: CourseNumbers }) => {
  const api = useSeatimeApi();
  const { courseId, lessons } = course;
  const titles = useMemo(() => Object.fromEntries(lessons.map(({ lessonId, title }) => [lessonId, title])), [lessons]);
  return (
    <>
      <section className={`card ${styles.stack}`} aria-labelledby="now">
        <h2 id="now">Right now</h2>
        <LiveViewers courseId={courseId} titles={titles} />
      </section>
      {course.suppressed ? <Withheld smallest={course.smallestGroup} /> : <CourseFigures course={course} />}
      <DaysSection load={useCallback((days) => api.owners.courseDays(courseId, days), [api, courseId])} />
      <Lessons course={course} />
    </>
  );
};

const CourseFigures = ({ course }: { course: CourseNumbers }) => (
  <Figures
    figures={[
      { id: 'views', name: 'Views', value: String(course.views ?? 0) },
      { id: 'viewers', name: 'Viewers', value: String(course.uniqueViewers ?? 0) },
      { id: 'watched', name: 'Watch time', value: clock(course.totalWatchTime ?? 0) },
      { id: 'verified', name: 'Verified time', value: clock(course.totalVerifiedTime ?? 0) },
      { id: 'completions', name: 'Lessons completed', value: String(course.completions ?? 0) },
    ]}
  />
);

/** From so many on nobody finds a lesson by looking. */
const MANY = 15;
const NONE: CSSProperties = { ['--head-2' as string]: '"Figures"' };

const Lessons = ({ course: { lessons } }: { course: CourseNumbers }) => {
  const [sought, setSought] = useState('');
  const found = lessons.filter(({ title }) => title.toLocaleLowerCase().includes(sought.trim().toLocaleLowerCase()));
  return (
    <section className={styles.stack} aria-labelledby="lessons">
      <h2 id="lessons">Lessons</h2>
      {lessons.length >= MANY && (
        <div className={styles.bar}>
          <label>
            Find a lesson
            <input type="search" value={sought} onChange={(event) => setSought(event.target.value)} />
          </label>
          <p className="muted small" role="status">
            {found.length} of {lessons.length}
          </p>
        </div>
      )}
      {found.length > 0 && <LessonTable lessons={found} />}
    </section>
  );
};

const LessonTable = ({ lessons }: { lessons: CourseNumbers['lessons'] }) => (
  <Table label="Lessons and their figures" columns={['Lesson', 'Views', 'Viewers', 'Average watch time', 'Completions', 'Completion rate']}>
    {lessons.map((lesson) => (
      <tr key={lesson.lessonId} data-testid="lesson-row">
        <th scope="row">
          <Link to={`/dashboard/lessons/${lesson.lessonId}`}>{lesson.title}</Link>
        </th>
        {lesson.suppressed ? (
          <td colSpan={5} style={NONE}>
            <WithheldCell smallest={lesson.smallestGroup} />
          </td>
        ) : (
          <>
            <td>{lesson.views}</td>
            <td>{lesson.uniqueViewers}</td>
            <td>{clock(lesson.averageWatchTime ?? 0)}</td>
            <td>{lesson.completions}</td>
            <td>
              <span className={styles.meterCell}>
                <Meter label={`Completion rate of ${lesson.title}`} value={lesson.completionRate ?? 0} />
                {percent(lesson.completionRate ?? 0)}
              </span>
            </td>
          </>
        )}
      </tr>
    ))}
  </Table>
);
