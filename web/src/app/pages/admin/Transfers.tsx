/** The videos of a move: which failed and why, and which are at Mux. */
import { useCallback, type ReactNode } from 'react';
import { clock, shown, useResource, useSeatimeApi } from '../../../seatime';
import type { Migration, Transfer } from '../../../seatime/api/admin';
import { Table } from '../../../seatime/ui/Table';
import { Loaded } from '../owner/Loaded';
import { bytes, moment } from '../owner/words';
import styles from './admin.module.css';

/** Nothing where nothing failed. */
export const Failures = ({ migration }: { migration: Migration }) => {
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
            <td data-wide>{reason ?? 'not known'}</td>
            <td>{attempts}</td>
            <td>{moment(updatedAt)}</td>
          </>
        )}
      />
    </section>
  );
};

export const Moved = ({ migration }: { migration: Migration }) =>
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
  cells: (transfer: Transfer) => ReactNode;
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
          <Table words={state === 'failed'} label={label} columns={columns}>
              {found.map((transfer) => (
                <tr key={transfer.id} data-testid={`transfer-${state}`}>
                  <th scope="row" className={styles.mono}>
                    {transfer.lessonId}
                  </th>
                  {cells(transfer)}
                </tr>
              ))}
          </Table>
          {next !== null && <p className="muted small">The first {found.length} of {count}.</p>}
        </>
      )}
    </Loaded>
  );
};
