/** How every service stands: what it depends on, what it has yet to send, and what it has yet to read. */
import { useCallback } from 'react';
import { useResource, useSeatimeApi } from '../../../seatime';
import { SERVICES, type ServiceName } from '../../../seatime/api/admin';
import { Button } from '../../../seatime/ui/Button';
import { Skeleton } from '../../Notice';
import { AdminHead } from './AdminHead';
import { Findings } from './Findings';
import { Level, type Tone } from './Level';
import { Queues } from './Queues';
import { findings, silence, toneOf } from './verdict';
import styles from './admin.module.css';

const REFRESH_MS = 10_000;
const refreshing = { pollEvery: () => REFRESH_MS };
const WORDS: Record<Tone, string> = { good: 'All well', warn: 'Look at it', bad: 'Something is wrong', neutral: '' };

export default function HealthPage() {
  return (
    <div className="page">
      <AdminHead title="Health">
        Each service by itself: its dependencies, the events that it has yet to send, and the records that it has yet to read. Asked
        again every ten seconds.
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
  const { data, problem, reload } = useResource(
    useCallback(async () => ({ health: await api.admin.health(name), at: new Date().toISOString() }), [api, name]),
    refreshing,
  );
  const found = problem !== undefined ? [silence(problem.message, data?.at)] : data === undefined ? undefined : findings(data.health);
  const tone = found === undefined ? undefined : toneOf(found);
  return (
    <section className={`card ${styles.stack}`} aria-labelledby={`service-${name}`} data-testid={`service-${name}`} data-tone={tone}>
      <div className={styles.headline}>
        <h2 id={`service-${name}`}>{name}</h2>
        {tone !== undefined && <Level tone={tone}>{problem === undefined ? WORDS[tone] : 'Does not answer'}</Level>}
      </div>
      {found === undefined ? (
        <div data-loading>
          <Skeleton what={`Asking ${name}`} lines={5} />
        </div>
      ) : (
        <Findings found={found} />
      )}
      {problem !== undefined ? (
        <div>
          <Button small onClick={reload}>
            Ask again
          </Button>
        </div>
      ) : (
        data !== undefined && <Queues health={data.health} />
      )}
    </section>
  );
};
