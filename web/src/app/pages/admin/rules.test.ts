import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Health } from '../../../seatime/api/admin';
import { linesOf } from './csv';
import { groupsOf, type Buried } from './letters';
import { standingOf, wishOf, wordOf } from './migration';
import { findings, toneOf } from './verdict';

describe('a table of enrolments', () => {
  it('takes columns in their usual order, or as the first row names them', () => {
    const usual = [{ number: 1, row: { learnerId: 'ada', status: 'active', cohort: 'a' } }];
    expect(linesOf('ada,Active,,a')).toEqual(usual);
    expect(linesOf('Cohort;Learner ID;status\na;ada;active')).toEqual([{ ...usual[0], number: 2 }]);
    expect(linesOf('ada\tactive\t\ta')).toEqual(usual);
  });

  it('takes a first row that names something else for a learner', () => {
    expect(linesOf('ada\nbo').map(({ row }) => row.learnerId)).toEqual(['ada', 'bo']);
  });

  it('means a day to its end and leaves other moments as they are', () => {
    expect(linesOf('ada,,2027-06-30')[0]?.row.expiresAt).toBe('2027-06-30T23:59:59Z');
    expect(linesOf('ada,,2027-06-30T08:00:00Z')[0]?.row.expiresAt).toBe('2027-06-30T08:00:00Z');
    expect(linesOf('ada,,soon')[0]?.row.expiresAt).toBe('soon');
  });

  it('numbers rows as they stand in what was pasted, empty lines and quoted line ends included', () => {
    const text = '\uFEFFlearnerId,cohort\r\n\r\nada,"a, ""b""\nc"\r\n\r\nbo,\r\n';
    expect(linesOf(text)).toEqual([
      { number: 3, row: { learnerId: 'ada', cohort: 'a, "b"\nc' } },
      { number: 6, row: { learnerId: 'bo' } },
    ]);
  });

  it('sends a row without a learner, for the server to refuse it by its line', () => {
    expect(linesOf(',active\nbo')).toEqual([
      { number: 1, row: { learnerId: '', status: 'active' } },
      { number: 2, row: { learnerId: 'bo' } },
    ]);
  });

  it('gives back every cell that was written by the rules of CSV', () => {
    const cell = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && !text.includes('\r'));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 }), (rows) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = ['learnerId,cohort', ...rows.map(([id, cohort]) => `${quoted(id)},${quoted(cohort)}`)].join('\n');
        expect(linesOf(text).map(({ row }) => [row.learnerId, row.cohort])).toEqual(rows);
      }),
    );
  });
});

const buried = (offset: number, more: Partial<Buried> = {}): Buried => ({
  service: 'progress',
  topic: 'watch.progress',
  partition: 0,
  offset,
  buriedAt: '2026-01-01T00:00:00Z',
  reason: 'unparsable',
  error: '',
  originPartition: 0,
  originOffset: offset,
  eventId: null,
  key: null,
  size: 0,
  preview: '',
  cut: false,
  redrivenBefore: false,
  state: 'open',
  noted: [],
  ...more,
});

describe('letters that are decided on at once', () => {
  it('are the open ones of one service and topic, from the first to the last', () => {
    const letters = [buried(7), buried(3), buried(5, { state: 'discarded' }), buried(9, { service: 'analytics' }), buried(4, { topic: 'quiz.graded' })];
    expect(groupsOf(letters)).toEqual([
      { service: 'progress', topic: 'watch.progress', count: 2, range: { topic: 'watch.progress', first: 3, last: 7 } },
    ]);
  });

  it('never span more than may be asked for', () => {
    expect(groupsOf([buried(0), buried(999), buried(1000), buried(5000)])).toMatchObject([{ count: 2, range: { first: 0, last: 999 } }]);
    expect(groupsOf([buried(0), buried(5000)])).toEqual([]);
  });
});

const healthy: Health = {
  service: 'playback',
  ready: true,
  checks: { database: 'ok', kafka: 'ok' },
  since: {},
  outbox: { waiting: 3, parked: 0, oldestSeconds: 2 },
  waiting: [],
  consumers: [{ topic: 'lesson.changed', lag: 12, members: 1, deadLetters: 0 }],
};

describe('the verdict on a service', () => {
  const tone = (more: Partial<Health>) => toneOf(findings({ ...healthy, ...more }));
  const consumer = { topic: 'lesson.changed', lag: 0, members: 1, deadLetters: 0 };

  it('finds nothing in work that is under way', () => expect(findings(healthy)).toEqual([]));

  it('tells what is down from what can be done without', () => {
    const checks = { database: 'no answer within 2.5 s', mux: 'degraded: the breaker is open', disk: 'full' };
    const since = { database: '2026-03-01T10:00:00Z' };
    expect(findings({ ...healthy, checks, since })).toMatchObject([
      { tone: 'bad', says: 'Its database does not answer', since: since.database, detail: 'no answer within 2.5 s' },
      { tone: 'warn', says: 'Mux does not answer', detail: 'the breaker is open' },
      { tone: 'bad', says: 'disk does not work', detail: 'full' },
    ]);
  });

  it('says what to do about each', () => {
    const worst = findings({
      ...healthy,
      checks: { database: 'gone', kafka: 'gone', mux: 'degraded: gone', disk: 'full' },
      outbox: { waiting: 9, parked: 1, oldestSeconds: 3600 },
      waiting: [{ name: 'webhooks', count: 1, oldestSeconds: 3600 }],
      consumers: [{ ...consumer, lag: 5000, deadLetters: 2 }, { ...consumer, topic: 'course.changed', members: 0 }],
    });
    expect(worst).toHaveLength(10);
    expect(worst.every(({ todo }) => todo.length > 20)).toBe(true);
  });

  it('tells a worker that is gone from one that lacks a topic', () => {
    const says = (consumers: Health['consumers']) => findings({ ...healthy, consumers }).map((one) => one.says);
    const other = { ...consumer, topic: 'course.changed' };
    expect(says([{ ...consumer, members: 0 }, { ...other, members: 0 }])).toEqual(['Its worker is not running']);
    expect(says([{ ...consumer, members: 0 }, other])).toEqual(['Nobody consumes lesson.changed']);
  });

  it('is bad where nothing goes on by itself', () => {
    expect(tone({ outbox: { waiting: 0, parked: 1, oldestSeconds: 0 } })).toBe('bad');
    expect(tone({ consumers: [{ ...consumer, members: 0 }] })).toBe('bad');
  });

  it('warns of what takes long, and of letters to decide on', () => {
    expect(tone({ outbox: { waiting: 1, parked: 0, oldestSeconds: 31 } })).toBe('warn');
    expect(tone({ waiting: [{ name: 'webhooks', count: 1, oldestSeconds: 301 }] })).toBe('warn');
    expect(tone({ consumers: [{ ...consumer, lag: 1001 }] })).toBe('warn');
    expect(tone({ consumers: [{ ...consumer, deadLetters: 1 }] })).toBe('warn');
  });

  it('makes nothing of what could not be asked', () => {
    expect(findings({ ...healthy, outbox: null, waiting: null, consumers: null })).toEqual([]);
  });
});

describe('a move to Mux', () => {
  const migration = { error: null, planned: true, finished: false, state: 'running', counts: {} } as Parameters<typeof wordOf>[0];

  it('is as far as its videos are', () => {
    const counts = { planned: 2, asked: 1, processing: 1, migrated: 3, failed: 1, superseded: 1, cleaned: 1 };
    expect(standingOf({ counts })).toEqual({ total: 10, done: 5, failed: 1, underWay: 4, share: 0.6 });
    expect(standingOf({ counts: {} }).share).toBe(0);
  });

  it('is told in a word', () => {
    expect(wordOf(migration)).toBe('Moving');
    expect(wordOf({ ...migration, planned: false })).toBe('Being planned');
    expect(wordOf({ ...migration, state: 'paused' })).toBe('Paused');
    expect(wordOf({ ...migration, state: 'paused', finished: true })).toBe('Finished');
    expect(wordOf({ ...migration, finished: true, counts: { failed: 1 } })).toBe('Finished with failures');
    expect(wordOf({ ...migration, state: 'rolling_back' })).toBe('Rolling back');
    expect(wordOf({ ...migration, planned: false, error: 'no such course' })).toBe('Could not be planned');
  });

  it('is asked for only when it is said what is to move', () => {
    const chosen = { scope: 'all', courses: [], prefix: '', course: '', viewsPerMonth: '2.5' } as const;
    expect(wishOf(chosen)).toEqual({ viewsPerMonth: 2.5 });
    expect(wishOf({ ...chosen, viewsPerMonth: 'many' })).toBeNull();
    expect(wishOf({ ...chosen, viewsPerMonth: ' ' })).toBeNull();
    expect(wishOf({ ...chosen, scope: 'courses' })).toBeNull();
    expect(wishOf({ ...chosen, scope: 'courses', courses: ['c1'] })).toEqual({ viewsPerMonth: 2.5, courses: ['c1'] });
    expect(wishOf({ ...chosen, scope: 'objects', prefix: ' ' })).toBeNull();
    expect(wishOf({ ...chosen, scope: 'objects', prefix: 'old/ ', course: 'c1' })).toEqual({ viewsPerMonth: 2.5, prefix: 'old/', course: 'c1' });
  });
});
