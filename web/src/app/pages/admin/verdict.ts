/** What is wrong with a service, in sentences, from how its queues stand. Pure. */
import type { Health } from '../../../seatime/api/admin';
import type { Tone } from './Level';

export interface Finding {
  tone: 'warn' | 'bad';
  says: string;
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

const many = (count: number, one: string, more = `${one}s`): string => `${count.toLocaleString('en')} ${count === 1 ? one : more}`;

export const findings = ({ checks, outbox, waiting, consumers }: Health): Finding[] => [
  ...Object.entries(checks).flatMap(([name, said]): Finding[] => {
    if (said === 'ok') return [];
    return said.startsWith(DEGRADED)
      ? [{ tone: 'warn', says: `${name}: ${said.slice(DEGRADED.length)}` }]
      : [{ tone: 'bad', says: `${name}: ${said}` }];
  }),
  ...(outbox !== null && outbox.parked > 0
    ? [{ tone: 'bad' as const, says: `${many(outbox.parked, 'event')} of the outbox can never be sent` }]
    : []),
  ...(outbox !== null && outbox.oldestSeconds > OUTBOX_S
    ? [{ tone: 'warn' as const, says: `the oldest event in the outbox has waited for ${duration(outbox.oldestSeconds)}` }]
    : []),
  ...(waiting ?? [])
    .filter(({ oldestSeconds }) => oldestSeconds > WAITING_S)
    .map(({ name, count, oldestSeconds }): Finding => ({
      tone: 'warn',
      says: `${count.toLocaleString('en')} ${name} wait, the oldest for ${duration(oldestSeconds)}`,
    })),
  ...(consumers ?? []).flatMap(({ topic, lag, members, deadLetters }): Finding[] => [
    ...(members === 0 ? [{ tone: 'bad' as const, says: `nobody consumes ${topic}` }] : []),
    ...(lag > LAG ? [{ tone: 'warn' as const, says: `${topic} is ${many(lag, 'record')} behind` }] : []),
    ...(deadLetters > 0 ? [{ tone: 'warn' as const, says: `${many(deadLetters, 'dead letter')} of ${topic} to decide on` }] : []),
  ]),
];

export const toneOf = (found: readonly Finding[]): Tone =>
  found.some(({ tone }) => tone === 'bad') ? 'bad' : found.length > 0 ? 'warn' : 'good';
