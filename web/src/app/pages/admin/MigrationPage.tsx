/** One move from S3 to Mux as it goes: how far, what failed and why, and what can be done about it. */
import { useCallback, useState } from 'react';
import { Link } from 'react-router';
import { clock, percent, shown, useResource, useSeatimeApi } from '../../../seatime';
import type { Migration, Transfer } from '../../../seatime/api/admin';
import { asProblem } from '../../../seatime/api/problem';
import { Button } from '../../../seatime/ui/Button';
import { Confirm } from '../../../seatime/ui/Dialog';
import { Meter } from '../../../seatime/ui/Meter';
import { Problem } from '../../../seatime/ui/Problem';
import { Table } from '../../../seatime/ui/Table';
import { useParam } from '../../useParam';
import { Loaded } from '../owner/Loaded';
import { bytes, moment } from '../owner/words';
import { AdminHead } from './AdminHead';
import { standingOf, wordOf } from './migration';
import { Estimate } from './Plan';
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
        <h2 id="standing" data-testid="state" style={{ textTransform: 'none' }}>
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
      <Controls migration={migration} onChanged={onChanged} />
    </section>
  );
};

type Deed = 'pauseMigration' | 'resumeMigration' | 'rollBack' | 'cleanUp';

const Controls = ({ migration, onChanged }: { migration: Migration; onChanged: () => void }) => {
  const api = useSeatimeApi();
  const [asking, setAsking] = useState<'rollBack' | 'cleanUp'>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const { state, finished, counts, planned } = migration;
  const migrated = counts['migrated'] ?? 0;

  const does = async (deed: Deed) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await api.admin[deed](migration.id);
      setAsking(undefined);
      onChanged();
    } catch (error) {
      setProblem(asProblem(error).message);
    }
    setBusy(false);
  };
  const ask = (what: 'rollBack' | 'cleanUp') => {
    setProblem(undefined);
    setAsking(what);
  };

  return (
    <>
      {problem !== undefined && asking === undefined && <Problem title="That did not work">{problem}</Problem>}
      <div className={styles.bar}>
        {state === 'running' && !finished && (
          <Button disabled={busy} onClick={() => void does('pauseMigration')}>
            Pause
          </Button>
        )}
        {state === 'paused' && !finished && (
          <Button kind="primary" disabled={busy} onClick={() => void does('resumeMigration')}>
            Go on
          </Button>
        )}
        {planned && state !== 'rolling_back' && (migrated > 0 || !finished) && (
          <Button disabled={busy} onClick={() => ask('rollBack')}>
            Roll back…
          </Button>
        )}
        {migrated > 0 && (
          <Button kind="quiet" disabled={busy} onClick={() => ask('cleanUp')}>
            Clean up…
          </Button>
        )}
      </div>
      <Confirm
        open={asking === 'rollBack'}
        onClose={() => setAsking(undefined)}
        title="Take this move back?"
        action="Roll back"
        busy={busy}
        problem={problem}
        onConfirm={() => void does('rollBack')}
      >
        <ul>
          <li>{migrated} lessons play from S3 again, where their original is still kept; learners’ progress stays.</li>
          <li>What is not at Mux yet is given up.</li>
          <li>Where the grace of {days(migration.graceSeconds)} is over, the video stays at Mux.</li>
        </ul>
      </Confirm>
      <Confirm
        open={asking === 'cleanUp'}
        onClose={() => setAsking(undefined)}
        title="Delete the originals?"
        action="Delete originals"
        busy={busy}
        problem={problem}
        onConfirm={() => void does('cleanUp')}
      >
        <ul>
          <li>Originals in S3 whose grace of {days(migration.graceSeconds)} is over are deleted, each after another look at its copy.</li>
          <li>These videos can’t be rolled back any more.</li>
        </ul>
      </Confirm>
    </>
  );
};

const days = (seconds: number): string =>
  seconds >= 86_400 ? `${Math.round(seconds / 86_400)} days` : seconds >= 3_600 ? `${Math.round(seconds / 3_600)} hours` : `${seconds} s`;

const Failures = ({ migration }: { migration: Migration }) => {
  const failed = migration.counts['failed'] ?? 0;
  if (failed === 0) return null;
  return (
    <section className={styles.stack} aria-labelledby="failures">
      <h2 id="failures">What failed, and why</h2>
      <Transfers
        migration={migration}
        state="failed"
        label="Videos that failed"
        columns={['Lesson', 'Why', 'Attempts', 'Last']}
        cells={({ reason, attempts, updatedAt }) => (
          <>
            <td>{reason ?? 'not known'}</td>
            <td>{attempts}</td>
            <td>{moment(updatedAt)}</td>
          </>
        )}
      />
    </section>
  );
};

const Moved = ({ migration }: { migration: Migration }) =>
  (migration.counts['migrated'] ?? 0) === 0 ? null : (
    <section className={styles.stack} aria-labelledby="moved">
      <h2 id="moved">At Mux</h2>
      <Transfers
        migration={migration}
        state="migrated"
        label="Videos that play from Mux"
        columns={['Lesson', 'Length', 'Size', 'Since', 'Original kept until']}
        cells={({ seconds, bytes: size, migratedAt, keepUntil }) => (
          <>
            <td>{shown(seconds, clock)}</td>
            <td>{shown(size, bytes)}</td>
            <td>{moment(migratedAt)}</td>
            <td>{moment(keepUntil)}</td>
          </>
        )}
      />
    </section>
  );

interface TransfersProps {
  migration: Migration;
  state: 'failed' | 'migrated';
  label: string;
  columns: readonly string[];
  cells: (transfer: Transfer) => React.ReactNode;
}

/** Read anew whenever their number has changed. */
const Transfers = ({ migration, state, label, columns, cells }: TransfersProps) => {
  const api = useSeatimeApi();
  const { id } = migration;
  const count = migration.counts[state] ?? 0;
  const transfers = useResource(
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the count stands for what has changed on the server
    useCallback(() => api.admin.transfers(id, state), [api, id, state, count]),
  );
  return (
    <Loaded resource={transfers} what="Reading the videos">
      {({ transfers: found, next }) => (
        <>
          <div className={state === 'failed' ? styles.words : undefined}>
            <Table label={label} columns={columns}>
              {found.map((transfer) => (
                <tr key={transfer.id} data-testid={`transfer-${state}`}>
                  <th scope="row" className={styles.mono}>
                    {transfer.lessonId}
                  </th>
                  {cells(transfer)}
                </tr>
              ))}
            </Table>
          </div>
          {next !== null && <p className="muted small">The first {found.length} of {count}.</p>}
        </>
      )}
    </Loaded>
  );
};
