/** One move from S3 to Mux as it goes: how far, what failed and why, and what can be done about it. */
import { useCallback } from 'react';
import { Link } from 'react-router';
import { percent, useResource, useSeatimeApi } from '../../../seatime';
import type { Migration } from '../../../seatime/api/admin';
import { Meter } from '../../../seatime/ui/Meter';
import { Problem } from '../../../seatime/ui/Problem';
import { useParam } from '../../useParam';
import { Loaded } from '../owner/Loaded';
import { moment } from '../owner/words';
import { AdminHead } from './AdminHead';
import { standingOf, wordOf } from './migration';
import { MigrationControls } from './MigrationControls';
import { Estimate } from './Plan';
import { Failures, Moved } from './Transfers';
import styles from './admin.module.css';

const MOVING_MS = 2_000;
const RESTING_MS = 15_000;

export default function MigrationPage() {
  const id = useParam('migrationId');
  const api = useSeatimeApi();
  const migration = useResource(
    useCallback(() => api.admin.migration(id), [api, id]),
    { pollEvery: ({ finished, state, planned }) => ((finished && planned) || state === 'paused' ? RESTING_MS : MOVING_MS) },
  );
  return (
    <div className="page">
      <AdminHead title="A move to Mux" />
      <p className="crumbs">
        <Link to="/admin/migrations">All moves</Link>
      </p>
      <Loaded resource={migration} what="Reading the move" lines={5}>
        {(found) => (
          <>
            <Standing migration={found} onChanged={migration.reload} />
            {found.summary !== null && (
              <section className={`card ${styles.stack}`} aria-labelledby="planned">
                <h2 id="planned">What was planned</h2>
                <Estimate plan={found.summary} />
              </section>
            )}
            <Failures migration={found} />
            <Moved migration={found} />
          </>
        )}
      </Loaded>
    </div>
  );
}

const Standing = ({ migration, onChanged }: { migration: Migration; onChanged: () => void }) => {
  const { total, done, failed, underWay, share } = standingOf(migration);
  return (
    <section className={`card ${styles.stack}`} aria-labelledby="standing">
      <div className={styles.headline}>
        <h2 id="standing" data-testid="state" className={styles.asItIs}>
          {wordOf(migration)}
        </h2>
        <span data-testid="progress">{total === 0 ? '' : `${done} of ${total}`}</span>
      </div>
      <Meter label="Videos done" value={share} spoken={`${done} of ${total} moved, ${failed} failed`} done={migration.finished} />
      <p className={styles.aside}>
        <span>{migration.what}</span>
        <span>
          begun {moment(migration.createdAt)} by {migration.createdBy}
        </span>
        <span>{percent(share)} dealt with</span>
        <span>{underWay} under way</span>
        {failed > 0 && <span className={styles.alarm}>{failed} failed</span>}
      </p>
      {migration.error !== null && <Problem title="It could not be planned">{migration.error}</Problem>}
      <MigrationControls migration={migration} onChanged={onChanged} />
    </section>
  );
};
