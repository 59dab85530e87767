import { useState } from 'react';
import { clock, shown } from '../../../seatime';
import type { MigrationPlan, PlanSummary } from '../../../seatime/api/admin';
import { Button } from '../../../seatime/ui/Button';
import { Confirm } from '../../../seatime/ui/Dialog';
import { Table } from '../../../seatime/ui/Table';
import { Figures } from '../../Figures';
import { bytes, minutes, usd } from '../owner/words';
import styles from './admin.module.css';

const SHOWN = 50;

/** What a move would come to, and the button that begins it. */
export const Plan = ({ plan, busy, onBegin }: { plan: MigrationPlan; busy: boolean; onBegin: () => void }) => {
  const [asking, setAsking] = useState(false);
  const { count, videos, left, leftCount } = plan;
  return (
    <div className={styles.stack} data-testid="plan">
      <Estimate plan={plan} />
      {videos.length > 0 && (
        <Table label="Videos that would move" columns={['Lesson', 'Course', 'Length', 'Size']}>
          {videos.slice(0, SHOWN).map((video) => (
            <tr key={video.lessonId}>
              <th scope="row">
                {video.title}
                {video.makesLesson && <span className="muted"> (new)</span>}
              </th>
              <td>{video.courseId}</td>
              <td>{shown(video.seconds, clock)}</td>
              <td>{shown(video.bytes, bytes)}</td>
            </tr>
          ))}
        </Table>
      )}
      {count > SHOWN && <p className="muted small">And {count - Math.min(videos.length, SHOWN)} more.</p>}
      {left.length > 0 && (
        <details>
          <summary className={styles.summary}>{leftCount} stay where they are</summary>
          <ul className={styles.plain}>
            {left.slice(0, SHOWN).map(({ source, reason }) => (
              <li key={source}>
                <span className={styles.mono}>{source}</span>: {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
      {count === 0 ? (
        <p>Nothing of this is in S3, so there is nothing to move.</p>
      ) : (
        <div>
          <Button kind="primary" disabled={busy} onClick={() => setAsking(true)}>
            Move {count} {count === 1 ? 'video' : 'videos'}…
          </Button>
        </div>
      )}
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={`Move ${count} ${count === 1 ? 'video' : 'videos'} to Mux?`}
        action="Begin"
        busy={busy}
        onConfirm={() => {
          setAsking(false);
          onBegin();
        }}
      >
        <ul>
          <li>Each video is copied to Mux and proved; only then its lesson plays from there.</li>
          <li>
            Mux will cost about {usd(plan.cost.monthly)} a month
            {plan.cost.encodingOnce > 0 && <>, and {usd(plan.cost.encodingOnce)} once</>}.
          </li>
          <li>The originals stay in S3, so that all of it can be taken back, until somebody cleans up.</li>
        </ul>
      </Confirm>
    </div>
  );
};

/** Figures of a plan, before and after it began. */
export const Estimate = ({ plan }: { plan: PlanSummary }) => (
  <>
    <Figures
      figures={[
        { id: 'videos', name: 'Videos', value: plan.count.toLocaleString('en') },
        { id: 'size', name: 'Size', value: bytes(plan.bytes) },
        { id: 'length', name: 'Length', value: minutes(plan.minutes.total) },
        { id: 'monthly', name: 'At Mux, a month', value: usd(plan.cost.monthly) },
        { id: 'left', name: 'Stay where they are', value: plan.leftCount.toLocaleString('en') },
      ]}
    />
    <details>
      <summary className={styles.summary}>How this is reckoned</summary>
      <ul className={styles.plain}>
        {plan.assumptions.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </details>
  </>
);
