import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Health } from '../../../seatime/api/admin';
import { Table } from '../../../seatime/ui/Table';
import { duration, many } from './verdict';
import styles from './admin.module.css';

/** What a service depends on, has to send and has to read, in figures. */
export const Queues = ({ health: { service, checks, outbox, waiting, consumers } }: { health: Health }) => (
  <>
    <dl className={styles.facts}>
      <Fact name="Depends on">
        {Object.entries(checks).map(([name, said]) => (
          <span key={name} className={said === 'ok' ? styles.depends : `${styles.depends} ${styles.alarm}`}>
            {name} {said === 'ok' ? '✓' : '✗'}
          </span>
        ))}
      </Fact>
      <Fact name="Outbox">{outbox === null ? 'could not be asked' : queue(outbox.waiting, outbox.oldestSeconds, 'empty')}</Fact>
      {(waiting ?? []).map(({ name, count, oldestSeconds }) => (
        <Fact key={name} name={`Waiting ${name}`}>
          {queue(count, oldestSeconds, 'none')}
        </Fact>
      ))}
    </dl>
    {consumers === null ? (
      <p className="muted small">How far it has read could not be asked.</p>
    ) : consumers.length === 0 ? (
      <p className="muted small">It has read no topic yet.</p>
    ) : (
      <Consumers service={service} consumers={consumers} />
    )}
  </>
);

const queue = (count: number, oldestSeconds: number, none: string): string =>
  count === 0 ? none : `${count.toLocaleString('en')}, oldest ${duration(oldestSeconds)}`;

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

/** Folded while there is nothing to see in them. */
const Consumers = ({ service, consumers }: { service: string; consumers: NonNullable<Health['consumers']> }) => {
  const behind = consumers.reduce((sum, { lag }) => sum + lag, 0);
  const remarkable = consumers.some(({ lag, members, deadLetters }) => lag > 0 || members === 0 || deadLetters > 0);
  return (
    <details open={remarkable}>
      <summary className={styles.summary}>
        Reads {many(consumers.length, 'topic')}, {behind === 0 ? 'to the end' : `${many(behind, 'record')} behind`}
      </summary>
      <Table label={`Consumers of ${service}`} columns={['Topic', 'Behind', 'Processes', 'Dead letters']}>
        {consumers.map(({ topic, lag, members, deadLetters }) => (
          <tr key={topic}>
            <th scope="row" className={styles.mono}>
              {topic}
            </th>
            <td>{lag.toLocaleString('en')}</td>
            <td>{members}</td>
            <td>
              {deadLetters === 0 ? (
                '–'
              ) : (
                <Link to={`/admin/dead-letters?service=${service}`}>{deadLetters.toLocaleString('en')}</Link>
              )}
            </td>
          </tr>
        ))}
      </Table>
    </details>
  );
};
