/** Who watched a lesson, and which parts of it. */
import { useCallback, useState } from 'react';
import { Link } from 'react-router';
import { clock, useResource, useSeatimeApi } from '../../../seatime';
import type { LearnerMap } from '../../../seatime/api/owner-types';
import { Button } from '../../../seatime/ui/Button';
import { WatchedStrip } from '../../../seatime/views/WatchedStrip';
import { Notice } from '../../Notice';
import { useParam } from '../../useParam';
import { LessonHead } from './CourseHead';
import { Loaded } from './Loaded';
import { moment } from './words';
import styles from './owner.module.css';

const PAGE = 20;

export default function LearnersPage() {
  const lessonId = useParam('lessonId');
  const api = useSeatimeApi();
  const lesson = useResource(useCallback(() => api.owners.lesson(lessonId), [api, lessonId]));
  const [pages, setPages] = useState<readonly (string | undefined)[]>([undefined]);
  const more = useCallback((next: string) => setPages((before) => [...before, next]), []);
  return (
    <div className="page">
      <LessonHead courseId={lesson.data?.courseId} lessonId={lessonId} title={lesson.data?.title} page="Learners" />
      <p className="muted small">
        Single learners are for the course’s owner alone. Green is what counts as watched, over all attempts.
      </p>
      <Loaded resource={lesson} what="Reading the lesson" lines={6}>
        {({ duration }) =>
          pages.map((after, number) => (
            <PageOfLearners
              key={after ?? ''}
              lessonId={lessonId}
              after={after}
              duration={duration}
              onMore={number === pages.length - 1 ? more : undefined}
            />
          ))
        }
      </Loaded>
    </div>
  );
}

interface PageProps {
  lessonId: string;
  after: string | undefined;
  duration: number | null;
  /** Absent once the next page is shown. */
  onMore: ((next: string) => void) | undefined;
}

const PageOfLearners = ({ lessonId, after, duration, onMore }: PageProps) => {
  const api = useSeatimeApi();
  const found = useResource(useCallback(() => api.owners.learners(lessonId, after, PAGE), [api, lessonId, after]));
  return (
    <Loaded resource={found} what="Reading the learners" lines={6}>
      {({ learners, next }) => (
        <>
          {learners.length === 0 && after === undefined && (
            <Notice title="Nobody yet" message="Learners appear here once something they watched has been counted." />
          )}
          <ul className={`${styles.list} ${styles.people}`} aria-label={after === undefined ? 'Learners' : `Learners after ${after}`}>
            {learners.map((learner) => (
              <Learner key={learner.learnerId} lessonId={lessonId} learner={learner} duration={duration} />
            ))}
          </ul>
          {next !== null && onMore !== undefined && <Button onClick={() => onMore(next)}>Show more</Button>}
        </>
      )}
    </Loaded>
  );
};

const Learner = ({ lessonId, learner, duration }: { lessonId: string; learner: LearnerMap; duration: number | null }) => (
  <li className={`card ${styles.learner}`} data-testid="learner">
    <div className={styles.headline}>
      <h2>
        <Link to={`/dashboard/lessons/${lessonId}/learners/${encodeURIComponent(learner.learnerId)}`}>{learner.learnerId}</Link>
      </h2>
      {learner.completedAt !== null && <span className="pill good">Complete</span>}
    </div>
    {duration !== null && learner.coverage !== null && (
      <WatchedStrip covered={learner.covered} duration={duration} coverage={learner.coverage} />
    )}
    <p className={styles.aside}>
      {learner.cohort !== null && <span>{learner.cohort}</span>}
      <span>
        {learner.views} {learner.views === 1 ? 'view' : 'views'}
      </span>
      <span>{clock(learner.watchTime)} watched</span>
      <span>{clock(learner.verifiedTime)} verified</span>
      <span>last {moment(learner.lastWatchedAt)}</span>
    </p>
  </li>
);
