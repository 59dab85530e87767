import { Suspense, lazy, useCallback } from 'react';
import { Link } from 'react-router';
import { clock, percent, shown, useResource, useSeatimeApi, type LessonAnalytics } from '../../../seatime';
import { Figures } from '../../Figures';
import { Failure, Loading } from '../../Notice';
import { useParam } from '../../useParam';
import { useTitle } from '../../useTitle';

const RetentionChart = lazy(() => import('../../../seatime/views/RetentionChart'));

const REFRESH_MS = 5_000;
const refreshing = { pollEvery: () => REFRESH_MS };

export default function LessonDashboardPage() {
  const lessonId = useParam('lessonId');
  const api = useSeatimeApi();
  const { data, problem, reload } = useResource(
    useCallback(() => api.lessonAnalytics(lessonId), [api, lessonId]),
    refreshing,
  );
  if (data !== undefined) return <Dashboard lesson={data} />;
  if (problem !== undefined) return <Failure problem={problem} onRetry={reload} />;
  return <Loading what="Counting" />;
}

const Dashboard = ({ lesson }: { lesson: LessonAnalytics }) => {
  useTitle(`Dashboard · ${lesson.title}`);
  return (
    <div className="page">
      <p className="crumbs">
        <Link to={`/dashboard/courses/${lesson.courseId}`}>Course dashboard</Link>
      </p>
      <h1>{lesson.title}</h1>
      <Figures
        figures={[
          { id: 'views', name: 'Views', value: shown(lesson.views, String) },
          { id: 'viewers', name: 'Unique viewers', value: shown(lesson.uniqueViewers, String) },
          { id: 'average', name: 'Average watch time', value: shown(lesson.averageWatchTime, clock) },
          { id: 'completion', name: 'Completion rate', value: shown(lesson.completionRate, percent) },
        ]}
      />
      <section className="card" aria-labelledby="retention">
        <h2 id="retention">Retention</h2>
        {lesson.retention === null ? (
          <p className="muted">Fewer than {lesson.smallestGroup} viewers: so few people are not shown.</p>
        ) : lesson.retention.unique.length === 0 || lesson.views === 0 ? (
          <p className="muted">No one has watched this lesson yet.</p>
        ) : (
          <Suspense fallback={<div className="chart-place">Loading the chart…</div>}>
            <RetentionChart retention={lesson.retention} />
          </Suspense>
        )}
      </section>
      {lesson.asOf && <p className="muted small">As of {new Date(lesson.asOf).toLocaleTimeString()}</p>}
    </div>
  );
};
