import { Link } from 'react-router';
import type { CourseSummary } from '../../seatime';
import { Failure, Loading, Notice } from '../Notice';
import { useSession } from '../session';
import { useCourses } from '../useCourses';
import { canManage } from '../users';

export default function HomePage() {
  const { data, problem, reload } = useCourses();
  return (
    <div className="page">
      <h1>Courses</h1>
      {data !== undefined && data.length > 0 && <CourseCards courses={data} />}
      {data?.length === 0 && <Notice title="No courses yet" message="A course appears here once it is published." />}
      {data === undefined && problem !== undefined && <Failure problem={problem} onRetry={reload} />}
      {data === undefined && problem === undefined && <Loading what="Loading the courses" />}
    </div>
  );
}

const CourseCards = ({ courses }: { courses: readonly CourseSummary[] }) => {
  const { user } = useSession();
  return (
    <ul className="cards">
      {courses.map((course) => (
        <li key={course.id} className="card">
          <h2>
            <Link to={`/courses/${course.id}`}>{course.title}</Link>
          </h2>
          {!course.published && <p className="muted small">Not published</p>}
          {canManage(user) && (
            <p className="links">
              <Link to={`/courses/${course.id}/upload`}>Upload</Link>
              <Link to={`/dashboard/courses/${course.id}`}>Dashboard</Link>
            </p>
          )}
        </li>
      ))}
    </ul>
  );
};
