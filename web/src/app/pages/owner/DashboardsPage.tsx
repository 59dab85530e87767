import { Link } from 'react-router';
import { Failure, Loading, Notice } from '../../Notice';
import { useCourses } from '../../useCourses';
import { useTitle } from '../../useTitle';

export default function DashboardsPage() {
  useTitle('Dashboards');
  const { data, problem, reload } = useCourses();
  return (
    <div className="page">
      <h1>Dashboards</h1>
      {data !== undefined && data.length > 0 && (
        <ul className="cards">
          {data.map((course) => (
            <li key={course.id} className="card">
              <h2>
                <Link to={`/dashboard/courses/${course.id}`}>{course.title}</Link>
              </h2>
            </li>
          ))}
        </ul>
      )}
      {data?.length === 0 && <Notice title="No courses yet" message="Figures come with the first learners." />}
      {data === undefined && problem !== undefined && <Failure problem={problem} onRetry={reload} />}
      {data === undefined && problem === undefined && <Loading what="Loading the courses" />}
    </div>
  );
}
