import { useCallback } from 'react';
import { Link } from 'react-router';
import { clock, percent, shown, useResource, useSeatimeApi, type CourseAnalytics } from '../../../seatime';
import { Failure, Loading, Notice } from '../../Notice';
import { useParam } from '../../useParam';
import { useTitle } from '../../useTitle';

const REFRESH_MS = 5_000;
const refreshing = { pollEvery: () => REFRESH_MS };

export default function CourseDashboardPage() {
  const courseId = useParam('courseId');
  const api = useSeatimeApi();
  const { data, problem, reload } = useResource(
    useCallback(() => api.courseAnalytics(courseId), [api, courseId]),
    refreshing,
  );
  if (data !== undefined) return <Dashboard course={data} />;
  if (problem !== undefined) return <Failure problem={problem} onRetry={reload} />;
  return <Loading what="Counting" />;
}

const Dashboard = ({ course }: { course: CourseAnalytics }) => {
  useTitle(`Dashboard · ${course.title}`);
  return (
    <div className="page">
      <p className="crumbs">
        <Link to={`/courses/${course.courseId}`}>Course page</Link>
      </p>
      <h1>{course.title}</h1>
      {course.lessons.length === 0 ? (
        <Notice title="No lessons yet" />
      ) : (
        <div className="card table">
          <table>
            <thead>
              <tr>
                <th scope="col">Lesson</th>
                <th scope="col">Views</th>
                <th scope="col">Viewers</th>
                <th scope="col">Average watch time</th>
                <th scope="col">Completion rate</th>
              </tr>
            </thead>
            <tbody>
              {course.lessons.map((lesson) => (
                <tr key={lesson.lessonId}>
                  <th scope="row">
                    <Link to={`/dashboard/lessons/${lesson.lessonId}`}>{lesson.title}</Link>
                  </th>
                  <td>{shown(lesson.views, String)}</td>
                  <td>{shown(lesson.uniqueViewers, String)}</td>
                  <td>{shown(lesson.averageWatchTime, clock)}</td>
                  <td>{shown(lesson.completionRate, percent)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
};
