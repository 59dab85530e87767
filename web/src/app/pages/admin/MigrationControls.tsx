import { useState } from 'react';
import { useSaving, useSeatimeApi } from '../../../seatime';
import type { Migration } from '../../../seatime/api/admin';
import { Button } from '../../../seatime/ui/Button';
import { Confirm } from '../../../seatime/ui/Dialog';
import { Problem } from '../../../seatime/ui/Problem';
import styles from './admin.module.css';

type Deed = 'pauseMigration' | 'resumeMigration' | 'rollBack' | 'cleanUp';

/** What can be done about a move as it stands; what can't be undone is asked for first. */
export const MigrationControls = ({ migration, onChanged }: { migration: Migration; onChanged: () => void }) => {
  const api = useSeatimeApi();
  const [asking, setAsking] = useState<'rollBack' | 'cleanUp'>();
  const { busy, problem, run, clear } = useSaving();
  const { state, counts, planned } = migration;
  const finished = migration.finished || migration.error !== null;
  const migrated = counts['migrated'] ?? 0;

  const does = (deed: Deed) =>
    run(async () => {
      await api.admin[deed](migration.id);
      setAsking(undefined);
      onChanged();
    });
  const ask = (what?: 'rollBack' | 'cleanUp') => {
    clear();
    setAsking(what);
  };

  return (
    <>
      {problem !== undefined && asking === undefined && <Problem title="That did not work">{problem.message}</Problem>}
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
        onClose={() => ask()}
        title="Take this move back?"
        action="Roll back"
        busy={busy}
        problem={problem?.message}
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
        onClose={() => ask()}
        title="Delete the originals?"
        action="Delete originals"
        busy={busy}
        problem={problem?.message}
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
