/** What is wrong with a service, in sentences, from how its queues stand, and what is to be done about it. Pure. */
import type { Health } from '../../../seatime/api/admin';
import type { Tone } from './Level';

export interface Finding {
  tone: 'warn' | 'bad';
  says: string;
  /** When it was first seen so; ISO 8601. */
  since?: string | undefined;
  /** What it was that said so, word for word. */
  detail?: string;
  todo: string;
}

/** What still counts as work under way. */
const OUTBOX_S = 30;
const WAITING_S = 300;
const LAG = 1000;
const DEGRADED = 'degraded: ';

export const duration = (seconds: number): string => {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
};

export const many = (count: number, one: string, more = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : more}`;

const DEPENDENCIES: Record<string, { says: string; todo: string }> = {
  database: {
    says: 'Its database does not answer',
    todo: 'Start PostgreSQL, or mend the way to it. Until then the service refuses with a 503 and clients try again; what it accepted before is safe.',
  },
  kafka: {
    says: 'Kafka does not answer',
    todo: 'Start the broker, or mend the way to it. What is to be told waits in the database and leaves by itself when it is back.',
  },
  mux: {
    says: 'Mux does not answer',
    todo: 'Look at status.mux.com, and whether this network reaches it. Uploads go to S3 meanwhile, and move to Mux by themselves.',
  },
};

const ofChecks = ({ checks, since }: Health): Finding[] =>
  Object.entries(checks)
    .filter(([, said]) => said !== 'ok')
    .map(([name, said]) => ({
      ...(DEPENDENCIES[name] ?? { says: `${name} does not work`, todo: 'The service’s log says more.' }),
      tone: said.startsWith(DEGRADED) ? 'warn' : 'bad',
      since: since[name],
      detail: said.startsWith(DEGRADED) ? said.slice(DEGRADED.length) : said,
    }));

const ofOutbox = ({ outbox, checks }: Health): Finding[] => {
  if (outbox === null) return [];
  const found: Finding[] = [];
  if (outbox.parked > 0) {
    found.push({
      tone: 'bad',
      says: `${many(outbox.parked, 'event')} of the outbox can never be sent`,
      todo: 'Larger than the broker accepts: raise its message.max.bytes, then put them back into the queue as the runbook says.',
    });
  }
  if (outbox.oldestSeconds > OUTBOX_S) {
    found.push({
      tone: 'warn',
      says: `The oldest event in the outbox has waited for ${duration(outbox.oldestSeconds)}`,
      todo:
        checks['kafka'] === 'ok'
          ? 'No worker sends them, or Kafka refuses one of them: see that a worker runs, and what its log says of the outbox.'
          : 'They leave by themselves when Kafka is back.',
    });
  }
  return found;
};

const ofWaiting = ({ waiting }: Health): Finding[] =>
  (waiting ?? [])
    .filter(({ oldestSeconds }) => oldestSeconds > WAITING_S)
    .map(({ name, count, oldestSeconds }) => ({
      tone: 'warn',
      says: `${count.toLocaleString('en')} ${name} wait, the oldest for ${duration(oldestSeconds)}`,
      todo: 'They name uploads that are not known here: somebody uploads to the same Mux environment, or the database is an older copy.',
    }));

const ofConsumers = ({ consumers }: Health): Finding[] => {
  const all = consumers ?? [];
  const alone = all.filter(({ members }) => members === 0);
  const found: Finding[] = [];
  if (alone.length > 0) {
    found.push({
      tone: 'bad',
      says: alone.length === all.length ? 'Its worker is not running' : `Nobody consumes ${alone.map(({ topic }) => topic).join(', ')}`,
      todo: 'Start the worker; its log and its /health/ready say why it ended. It goes on where it was: records wait for 30 days.',
    });
  }
  for (const { topic, lag, deadLetters } of all) {
    if (lag > LAG) {
      found.push({
        tone: 'warn',
        says: `${topic} is ${many(lag, 'record')} behind`,
        todo: 'If the number only grows, add workers: up to twelve share a topic. If it stands still, a worker’s /health/ready says why.',
      });
    }
    if (deadLetters > 0) {
      found.push({
        tone: 'warn',
        says: `${many(deadLetters, 'dead letter')} of ${topic} to decide on`,
        todo: 'Read why, mend the cause, then redrive or discard them.',
      });
    }
  }
  return found;
};

export const findings = (health: Health): Finding[] => [
  ...ofChecks(health),
  ...ofOutbox(health),
  ...ofWaiting(health),
  ...ofConsumers(health),
];

/** Of a service that does not answer; `last` is when it did. */
export const silence = (message: string, last: string | undefined): Finding => ({
  tone: 'bad',
  says: 'It does not answer',
  since: last,
  detail: message,
  todo: 'See that its app runs and that the gateway reaches it; its log says why it ended. Nothing that it accepted is lost.',
});

export const toneOf = (found: readonly Finding[]): Tone =>
  found.some(({ tone }) => tone === 'bad') ? 'bad' : found.length > 0 ? 'warn' : 'good';
