/** A lesson as its owner sees it: who stayed, who jumped where, how it played, and what Mux Data says of it. */
import { Suspense, lazy, useCallback } from 'react';
import { clock, percent, useResource, useSeatimeApi, type Resource } from '../../../seatime';
import type { Cohorts, LessonNumbers } from '../../../seatime/api/owner-types';
import { SeekMatrix } from '../../../seatime/views/SeekMatrix';
import { Withheld } from '../../../seatime/views/Withheld';
import { Figures } from '../../Figures';
import { useParam } from '../../useParam';
import { BesideMux } from './BesideMux';
import { LessonHead } from './CourseHead';
import { Audience } from './Audience';
import { DaysSection } from './Days';
import { Loaded } from './Loaded';
import { Platforms } from './Platforms';
import { Playing } from './Playing';
import { isReversed, useChosen } from './useChosen';
import styles from './owner.module.css';

const RetentionChart = lazy(() => import('../../../seatime/views/RetentionChart'));

const REFRESH_MS = 5_000;
const refreshing = { pollEvery: () => REFRESH_MS };
const seldom = { pollEvery: () => 4 * REFRESH_MS };

export default function LessonDashboardPage() {
  const lessonId = useParam('lessonId');
  const api = useSeatimeApi();
  const all = useResource(useCallback(() => api.owners.lesson(lessonId), [api, lessonId]), refreshing);
  return (
    <div className="page">
      <LessonHead courseId={all.data?.courseId} lessonId={lessonId} title={all.data?.title} page="Dashboard" />
      <Loaded resource={all} what="Counting" lines={6}>
        {(lesson) => <Overview lesson={lesson} />}
      </Loaded>
    </div>
  );
}

/** `lesson` is about everybody; a filter is a question of its own. */
const Overview = ({ lesson }: { lesson: LessonNumbers }) => {
  const { lessonId, duration, smallestGroup } = lesson;
  const api = useSeatimeApi();
  const [chosen, choose] = useChosen();
  const cohorts = useResource(useCallback(() => api.owners.cohorts(lessonId), [api, lessonId]), seldom);
  const told = useResource(useCallback(() => api.owners.interactions(lessonId), [api, lessonId]), seldom);
  const filtered = chosen.cohort !== undefined || chosen.from !== undefined || chosen.to !== undefined;
  return (
    <>
      <Audience cohorts={cohorts.data} chosen={chosen} onChoose={choose} />
      {isReversed(chosen) ? null : filtered ? <Chosen lessonId={lessonId} cohorts={cohorts} /> : <Numbers lesson={lesson} />}
      <section className={`card ${styles.stack}`} aria-labelledby="seeks">
        <h2 id="seeks">Where viewers jump</h2>
        <Loaded resource={told} what="Reading the seeks" lines={6}>
          {({ seeks }) => <SeekMatrix seeks={seeks} duration={duration} smallestGroup={smallestGroup} />}
        </Loaded>
      </section>
      <Loaded resource={told} what="Reading how it played">
        {(interactions) => (
          <>
            <Playing interactions={interactions} />
            <Platforms interactions={interactions} />
          </>
        )}
      </Loaded>
      <DaysSection load={useCallback((days) => api.owners.lessonDays(lessonId, days), [api, lessonId])} />
      <BesideMux lessonId={lessonId} smallestGroup={smallestGroup} />
      {lesson.asOf && <p className="muted small">As of {new Date(lesson.asOf).toLocaleTimeString()}</p>}
    </>
  );
};

const Chosen = ({ lessonId, cohorts }: { lessonId: string; cohorts: Resource<Cohorts> }) => {
  const api = useSeatimeApi();
  const [{ cohort, from, to }] = useChosen();
  const found = useResource(
    useCallback(() => api.owners.lesson(lessonId, { cohort, from, to }), [api, lessonId, cohort, from, to]),
    refreshing,
  );
  if (found.data === undefined && found.problem?.slug === 'group-too-small') {
    return <Withheld smallest={cohorts.data?.smallestGroup ?? 5} />;
  }
  return (
    <Loaded resource={found} what="Counting these viewers" lines={6}>
      {(lesson) => <Numbers lesson={lesson} />}
    </Loaded>
  );
};

const Numbers = ({ lesson }: { lesson: LessonNumbers }) => {
  if (lesson.suppressed) return <Withheld smallest={lesson.smallestGroup} />;
  return (
    <>
      {lesson.filter !== null && <Widened filter={lesson.filter} />}
      <Figures
        figures={[
          { id: 'views', name: 'Views', value: String(lesson.views ?? 0) },
          { id: 'viewers', name: 'Unique viewers', value: String(lesson.uniqueViewers ?? 0) },
          { id: 'average', name: 'Average watch time', value: clock(lesson.averageWatchTime ?? 0) },
          { id: 'verified', name: 'Verified time', value: clock(lesson.totalVerifiedTime ?? 0) },
          { id: 'completion', name: 'Completion rate', value: percent(lesson.completionRate ?? 0) },
        ]}
      />
      <section className={`card ${styles.stack}`} aria-labelledby="retention">
        <h2 id="retention">Retention</h2>
        {lesson.retention === null || lesson.retention.unique.length === 0 || lesson.views === 0 ? (
          <p className="muted">No one has watched this lesson yet.</p>
        ) : (
          <Suspense fallback={<div className={styles.chartPlace} data-loading>Loading the chart…</div>}>
            <RetentionChart retention={lesson.retention} dropOffs={lesson.dropOffs} />
          </Suspense>
        )}
      </section>
    </>
  );
};

/** Whom the figures are about after all: a filter never cuts a group that is kept whole. */
const Widened = ({ filter }: { filter: NonNullable<LessonNumbers['filter']> }) => {
  const { cohort, firstViewFrom, firstViewTo } = filter;
  const days = [firstViewFrom && `from ${firstViewFrom}`, firstViewTo && `to ${firstViewTo}`].filter(Boolean).join(' ');
  return (
    <p className="muted small" role="status" data-testid="filter">
      About {cohort === null ? 'everybody' : `the cohort ${cohort}`}
      {days === '' ? '' : ` whose first view was ${days} (days are kept together where few came)`}.
    </p>
  );
};
