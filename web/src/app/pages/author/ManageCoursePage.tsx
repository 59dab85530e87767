/** A course for who made it: its lessons, what completes it, and what it is called. */
import { Suspense, lazy, useCallback, type ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useResource, useSeatimeApi, type Course } from '../../../seatime';
import { buttonClass } from '../../../seatime/ui/Button';
import { Tabs } from '../../../seatime/ui/Tabs';
import { Failure, Skeleton } from '../../Notice';
import { useParam } from '../../useParam';
import { useTitle } from '../../useTitle';
import { whileProcessing } from '../../whileProcessing';
import { LessonsEditor } from './LessonsEditor';
import { Warnings } from './Warnings';

const CourseRulesForm = lazy(() => import('./CourseRulesForm'));
const CourseSettings = lazy(() => import('./CourseSettings'));

/** Fetched when its tab is chosen. */
const part = (content: ReactNode): ReactNode => (
  <Suspense fallback={<Skeleton what="Loading" lines={5} />}>{content}</Suspense>
);

export default function ManageCoursePage() {
  const courseId = useParam('courseId');
  const api = useSeatimeApi();
  const { data, problem, reload } = useResource(
    useCallback(() => api.course(courseId), [api, courseId]),
    whileProcessing,
  );
  if (data !== undefined) return <Manage course={data} reload={reload} />;
  if (problem !== undefined) return <Failure problem={problem} onRetry={reload} />;
  return (
    <div className="page">
      <Skeleton what="Loading the course" lines={6} />
    </div>
  );
}

const Manage = ({ course, reload }: { course: Course; reload: () => void }) => {
  useTitle(`Manage · ${course.title}`);
  const [search, setSearch] = useSearchParams();
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>{course.title}</h1>
          <p className="muted small">
            {course.published ? 'Published' : 'Not published: only you see it'} ·{' '}
            {course.lessons.length === 1 ? '1 lesson' : `${course.lessons.length} lessons`}
          </p>
        </div>
        <p className="links">
          <Link to={`/courses/${course.id}`}>View</Link>
          <Link to={`/dashboard/courses/${course.id}`}>Dashboard</Link>
          <Link className={buttonClass('primary')} to={`/courses/${course.id}/upload`}>
            Upload a video
          </Link>
        </p>
      </div>
      <Warnings course={course} />
      <Tabs
        label="The course"
        value={search.get('tab') ?? 'lessons'}
        onChange={(tab) => setSearch({ tab }, { replace: true })}
        tabs={[
          { value: 'lessons', label: 'Lessons', content: <LessonsEditor course={course} reload={reload} /> },
          { value: 'completion', label: 'Completion', content: part(<CourseRulesForm course={course} onSaved={reload} />) },
          { value: 'settings', label: 'Settings', content: part(<CourseSettings course={course} onSaved={reload} />) },
        ]}
      />
    </div>
  );
};
