/** Moving videos from S3 to Mux: plan a move, see what it costs, begin it, and the moves there were. */
import { useCallback } from 'react';
import { Link } from 'react-router';
import { useResource, useSeatimeApi } from '../../../seatime';
import type { Migration } from '../../../seatime/api/admin';
import { Table } from '../../../seatime/ui/Table';
import { Loaded } from '../owner/Loaded';
import { bytes, moment } from '../owner/words';
import { AdminHead } from './AdminHead';
import { standingOf, wordOf } from './migration';
import { PlanMigration } from './PlanMigration';
import styles from './admin.module.css';

const REFRESH_MS = 5_000;
const refreshing = { pollEvery: () => REFRESH_MS };

export default function MigrationsPage() {
  const api = useSeatimeApi();
  const migrations = useResource(useCallback(() => api.admin.migrations(), [api]), refreshing);
  return (
    <div className="page">
      <AdminHead title="Migration">
        Videos that play from S3 move to Mux one by one. Each plays on where it is until its copy is proved; learners notice nothing, and
        their progress stays.
      </AdminHead>
      <PlanMigration />
      <section className={styles.stack} aria-labelledby="migrations">
        <h2 id="migrations">Moves so far</h2>
        <Loaded resource={migrations} what="Reading the moves">
          {({ migrations: found }) =>
            found.length === 0 ? <p className="muted">Nothing was moved yet.</p> : <Moves found={found} />
          }
        </Loaded>
      </section>
    </div>
  );
}

const Moves = ({ found }: { found: readonly Migration[] }) => (
  <Table label="Moves to Mux" columns={['Begun', 'What', 'State', 'Videos', 'Failed', 'Size']}>
    {found.map((migration) => {
      const { total, done, failed } = standingOf(migration);
      return (
        <tr key={migration.id} data-testid="migration">
          <th scope="row">
            <Link to={`/admin/migrations/${migration.id}`}>{moment(migration.createdAt)}</Link>
          </th>
          <td data-wide>{migration.what}</td>
          <td>{wordOf(migration)}</td>
          <td>
            {done} of {total}
          </td>
          <td className={failed > 0 ? styles.alarm : undefined}>{failed}</td>
          <td>{migration.summary === null ? '–' : bytes(migration.summary.bytes)}</td>
        </tr>
      );
    })}
  </Table>
);
