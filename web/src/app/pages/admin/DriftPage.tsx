/** Lessons whose figures are not those of Mux Data, the worst first, and why that may be. */
import { useCallback } from 'react';
import { Link } from 'react-router';
import { clock, percent, shown, useResource, useSeatimeApi } from '../../../seatime';
import type { Drifts } from '../../../seatime/api/admin';
import { Table } from '../../../seatime/ui/Table';
import { Notice } from '../../Notice';
import { Loaded } from '../owner/Loaded';
import { drift, moment } from '../owner/words';
import { AdminHead } from './AdminHead';
import { Level } from './Level';
import styles from './admin.module.css';

const REFRESH_MS = 60_000;
const refreshing = { pollEvery: () => REFRESH_MS };

export default function DriftPage() {
  const api = useSeatimeApi();
  const drifts = useResource(useCallback(() => api.admin.drifts(), [api]), refreshing);
  return (
    <div className="page">
      <AdminHead title="Mux drift">
        What the ledger verified beside what Mux’s players told. Some difference is normal; a large one is a fault on one side.
      </AdminHead>
      <Loaded resource={drifts} what="Laying both sides together" lines={6}>
        {(found) => (
          <>
            <Asked found={found} />
            {found.lessons.length === 0 ? (
              <Notice
                title={found.lastSyncedAt === null ? 'Mux has not told anything yet' : 'Nothing differs'}
                message={found.lastSyncedAt === null ? 'Its figures are asked for in turns.' : 'Both sides tell the same of every lesson.'}
              />
            ) : (
              <Lessons found={found} />
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}

const Asked = ({ found: { firstDay, lastDay, lastSyncedAt, syncFailingSince, syncError, threshold } }: { found: Drifts }) => (
  <p className={styles.aside}>
    <span>
      {firstDay} to {lastDay} (UTC)
    </span>
    <span>{lastSyncedAt === null ? 'Mux has not answered yet' : `Mux answered ${moment(lastSyncedAt)}`}</span>
    <span>an alarm from {percent(threshold)} on</span>
    {syncFailingSince !== null && (
      <span className={styles.alarm}>
        Mux has failed to answer since {moment(syncFailingSince)}: {syncError ?? 'not known why'}
      </span>
    )}
  </p>
);

const Lessons = ({ found: { lessons } }: { found: Drifts }) => (
  <Table label="Lessons that differ" columns={['Lesson', 'Alarm', 'Views, ours', 'Views, Mux', 'Views, drift', 'Time, ours', 'Time, Mux', 'Time, drift', 'Likely why']}>
    {lessons.map((lesson) => (
      <tr key={lesson.lessonId} data-testid="drifting">
        <th scope="row">
          <Link to={`/dashboard/lessons/${lesson.lessonId}`}>{lesson.title}</Link>
        </th>
        <td>{lesson.drift?.alarming === true ? <Level tone="bad">Far apart</Level> : '–'}</td>
        <td>{shown(lesson.totalViews, String)}</td>
        <td>{shown(lesson.muxViewCount, String)}</td>
        <td>{lesson.drift === null ? '–' : drift(lesson.drift.views)}</td>
        <td>{shown(lesson.verifiedWatchTime, clock)}</td>
        <td>{shown(lesson.muxWatchTime, clock)}</td>
        <td>{lesson.drift === null ? '–' : drift(lesson.drift.watchTime)}</td>
        <td className={styles.why} data-wide>
          {lesson.suppressed ? 'too few viewers to be shown' : lesson.drift?.likelyCauses.map(({ words }) => words).join(' ') || '–'}
        </td>
      </tr>
    ))}
  </Table>
);
