/** One learner in one lesson: what was watched, what was refused and why, every session, every attempt. */
import { useCallback } from 'react';
import { Link } from 'react-router';
import { CompletionStatus, WatchedStrip, clock, useResource, useSeatimeApi } from '../../../seatime';
import type { Attempts, LearnerMap, Sessions } from '../../../seatime/api/owner-types';
import type { LessonProgress, Resource } from '../../../seatime';
import { Table } from '../../../seatime/ui/Table';
import { useParam } from '../../useParam';
import { useTitle } from '../../useTitle';
import { Loaded } from './Loaded';
import { ending, moment, refusals } from './words';
import styles from './owner.module.css';

export default function LearnerPage() {
  const [lessonId, learnerId] = [useParam('lessonId'), useParam('learnerId')];
  const api = useSeatimeApi();
  const map = useResource(useCallback(() => api.owners.learner(lessonId, learnerId), [api, lessonId, learnerId]));
  const progress = useResource(useCallback(() => api.owners.learnerProgress(lessonId, learnerId), [api, lessonId, learnerId]));
  const sessions = useResource(useCallback(() => api.owners.sessions(lessonId, learnerId), [api, lessonId, learnerId]));
  useTitle(`${learnerId} · Learners`);
  const courseId = progress.data?.courseId;
  return (
    <div className="page">
      <header className={styles.head}>
        <p className={styles.crumbs}>
          <Link to={`/dashboard/lessons/${lessonId}/learners`}>All learners of this lesson</Link>
          <Link to={`/dashboard/lessons/${lessonId}`}>Lesson dashboard</Link>
        </p>
        <h1>{learnerId}</h1>
      </header>
      <section className={`card ${styles.stack}`} aria-labelledby="ledger">
        <h2 id="ledger">Watched, by the ledger</h2>
        <Loaded resource={progress} what="Reading the ledger" lines={6}>
          {(found) => <Ledger progress={found} />}
        </Loaded>
      </section>
      {isSettled(progress) && (
        <section className={`card ${styles.stack}`} aria-labelledby="figures">
          <h2 id="figures">In the figures of the lesson</h2>
          <Loaded resource={map} what="Reading the map">
            {(found) => <Facts map={found} />}
          </Loaded>
        </section>
      )}
      {isSettled(progress, map) && (
        <section className={styles.stack} aria-labelledby="sessions">
          <h2 id="sessions">Sessions</h2>
          <Loaded resource={sessions} what="Reading the sessions">
            {({ sessions: found }) => <SessionTable sessions={found} />}
          </Loaded>
        </section>
      )}
      {courseId !== undefined && isSettled(map, sessions) && <AttemptsSection courseId={courseId} learnerId={learnerId} />}
    </div>
  );
}

/** What comes below waits until what stands above has its height: nothing jumps under who reads. */
const isSettled = (...above: Resource<unknown>[]) =>
  above.every(({ data, problem }) => data !== undefined || problem !== undefined);

const Ledger = ({ progress }: { progress: LessonProgress }) => {
  const refused = refusals(progress.cuts);
  return (
    <>
      {progress.duration !== null && progress.duration > 0 && (
        <WatchedStrip
          covered={progress.covered}
          duration={progress.duration}
          coverage={progress.coverage}
          threshold={progress.threshold}
          required={progress.requiredSegments}
        />
      )}
      <CompletionStatus progress={{ ...progress, cuts: {} }} />
      <div className={styles.stack} data-testid="refused">
        <h3>Refused</h3>
        {refused.length === 0 ? (
          <p className="muted">Nothing: all that was played counts.</p>
        ) : (
          <ul className={styles.plain}>
            {refused.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
};

const Facts = ({ map }: { map: LearnerMap }) => (
  <dl className={styles.facts}>
    <Fact name="Views" value={String(map.views)} />
    <Fact name="Watch time" value={clock(map.watchTime)} />
    <Fact name="Verified time" value={clock(map.verifiedTime)} />
    <Fact name="Cohort" value={map.cohort ?? '–'} />
    <Fact name="Last watched" value={moment(map.lastWatchedAt)} />
    <Fact name="Completed" value={moment(map.completedAt)} />
  </dl>
);

const Fact = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

const SessionTable = ({ sessions }: { sessions: Sessions['sessions'] }) =>
  sessions.length === 0 ? (
    <p className="muted">No sessions.</p>
  ) : (
    <Table label="Sessions, the newest first" columns={['Began', 'Last report', 'Reports', 'Attempt', 'How it ended']}>
      {sessions.map((session) => (
        <tr key={session.sessionId} data-testid="session">
          <th scope="row">{moment(session.beganAt)}</th>
          <td>{moment(session.lastBeatAt)}</td>
          <td>{session.beats}</td>
          <td>{session.attempt}</td>
          <td>{ending(session.closed, session.closedBecause)}</td>
        </tr>
      ))}
    </Table>
  );

const AttemptsSection = ({ courseId, learnerId }: { courseId: string; learnerId: string }) => {
  const api = useSeatimeApi();
  const attempts = useResource(useCallback(() => api.owners.attempts(courseId, learnerId), [api, courseId, learnerId]));
  return (
    <section className={styles.stack} aria-labelledby="attempts">
      <h2 id="attempts">Attempts at the course</h2>
      <Loaded resource={attempts} what="Reading the attempts">
        {(found) => <AttemptTable attempts={found} />}
      </Loaded>
    </section>
  );
};

const STATES = { running: 'under way', completed: 'completed', superseded: 'another one began' } as const;

const AttemptTable = ({ attempts: { attempts } }: { attempts: Attempts }) => (
  <Table label="Attempts, the first one first" columns={['Attempt', 'State', 'Began', 'Why', 'Lessons completed', 'Completed']}>
    {attempts.map((one) => (
      <tr key={one.attempt} data-testid="attempt">
        <th scope="row">{one.attempt}</th>
        <td>{STATES[one.state]}</td>
        <td>{one.startedAt === null ? 'with the first view' : moment(one.startedAt)}</td>
        <td>{one.reason ?? '–'}</td>
        <td>{one.lessonsCompleted}</td>
        <td>{moment(one.completedAt)}</td>
      </tr>
    ))}
  </Table>
);
