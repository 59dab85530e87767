/** How every service stands: what it depends on, what it has yet to send, and what it has yet to read. */
import { useCallback } from 'react';
import { Link } from 'react-router';
import { useResource, useSeatimeApi } from '../../../seatime';
import { SERVICES, type Health, type ServiceName } from '../../../seatime/api/admin';
import { Table } from '../../../seatime/ui/Table';
import { Loaded } from '../owner/Loaded';
import { AdminHead } from './AdminHead';
import { Level, type Tone } from './Level';
import { duration, findings, toneOf } from './verdict';
import styles from './admin.module.css';

const REFRESH_MS = 10_000;
const refreshing = { pollEvery: () => REFRESH_MS };
const WORDS: Record<Tone, string> = { good: 'All well', warn: 'Look at it', bad: 'Something is wrong', neutral: '' };

export default function HealthPage() {
  return (
    <div className="page">
      <AdminHead title="Health">
        Each service by itself: its dependencies, the events that it has yet to send, and the records that it has yet to read.
      </AdminHead>
      <div className={styles.services}>
        {SERVICES.map((name) => (
          <ServiceCard key={name} name={name} />
        ))}
      </div>
    </div>
  );
}

const ServiceCard = ({ name }: { name: ServiceName }) => {
  const api = useSeatimeApi();
  const health = useResource(useCallback(() => api.admin.health(name), [api, name]), refreshing);
  const found = health.data === undefined ? undefined : findings(health.data);
  const tone = health.problem !== undefined ? 'bad' : found === undefined ? undefined : toneOf(found);
  return (
    <section className={`card ${styles.stack}`} aria-labelledby={`service-${name}`} data-testid={`service-${name}`}>
      <div className={styles.headline}>
        <h2 id={`service-${name}`}>{name}</h2>
        {tone !== undefined && <Level tone={tone}>{health.problem === undefined ? WORDS[tone] : 'Does not answer'}</Level>}
      </div>
      <Loaded resource={health} what={`Asking ${name}`} lines={5}>
        {(data) => <Queues health={data} />}
      </Loaded>
    </section>
  );
};

const Queues = ({ health }: { health: Health }) => {
  const { checks, outbox, waiting, consumers } = health;
  const found = findings(health);
  return (
    <>
      {found.length > 0 && (
        <ul className={styles.plain} data-testid="findings">
          {found.map(({ tone, says }) => (
            <li key={says} className={tone === 'bad' ? styles.alarm : undefined}>
              {says}
            </li>
          ))}
        </ul>
      )}
      <dl className={styles.facts}>
        <Fact name="Depends on">{Object.keys(checks).join(', ')}</Fact>
        <Fact name="Outbox">
          {outbox === null ? 'not known' : outbox.waiting === 0 ? 'empty' : `${outbox.waiting}, oldest ${duration(outbox.oldestSeconds)}`}
        </Fact>
        {(waiting ?? []).map(({ name, count, oldestSeconds }) => (
          <Fact key={name} name={`Waiting ${name}`}>
            {count === 0 ? 'none' : `${count}, oldest ${duration(oldestSeconds)}`}
          </Fact>
        ))}
      </dl>
      {consumers !== null && consumers.length > 0 && (
        <Table label={`Consumers of ${health.service}`} columns={['Reads', 'Behind', 'Processes', 'Dead letters']}>
          {consumers.map(({ topic, lag, members, deadLetters }) => (
            <tr key={topic}>
              <th scope="row" className={styles.mono}>
                {topic}
              </th>
              <td>{lag.toLocaleString('en')}</td>
              <td>{members}</td>
              <td>
                {deadLetters === 0 ? '–' : <Link to={`/admin/dead-letters?service=${health.service}`}>{deadLetters}</Link>}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {consumers !== null && consumers.length === 0 && <p className="muted small">It reads no topics.</p>}
    </>
  );
};

const Fact = ({ name, children }: { name: string; children: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
