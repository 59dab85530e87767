import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOff, beaconBatches, bytesOf, judge, nextBatch, parseRetryAfter } from './policy';

describe('judging a reply', () => {
  it.each([202, 200])('takes %i for done', (status) => expect(judge({ status }, 3)).toBe('accepted'));

  it.each([0, 408, 425, 429, 500, 502, 503, 504])('keeps everything on %i', (status) => {
    expect(judge({ status }, 1)).toBe('retry');
    expect(judge({ status }, 50)).toBe('retry');
  });

  it.each([400, 401, 403, 404, 413, 422])('drops on %i only what the service refused by itself', (status) => {
    const slug = 'invalid-payload';
    expect(judge({ status, slug }, 2)).toBe('split');
    expect(judge({ status, slug }, 1)).toBe('drop');
  });

  it.each([400, 403, 404, 405, 413])('keeps everything on %i from somebody else', (status) => {
    expect(judge({ status }, 2)).toBe('retry');
    expect(judge({ status }, 1)).toBe('retry');
  });

  it('drops all that stands under a grant that is refused, and keeps it where the grant is only too new', () => {
    const refused = { status: 401, slug: 'invalid-grant' };
    expect(judge({ ...refused, reason: 'expired' }, 50)).toBe('drop');
    expect(judge({ ...refused, reason: 'not_yet' }, 50)).toBe('retry');
  });
});

describe('backing off', () => {
  it('grows, stays bounded, and is never earlier than the server asked for', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000),
        fc.option(fc.nat(600_000), { nil: undefined }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, asked, random) => {
          const delay = backOff(attempt, asked, random);
          expect(delay).toBeGreaterThanOrEqual(Math.max(500, asked ?? 0));
          expect(delay).toBeLessThanOrEqual(Math.max(60_000, asked ?? 0));
        },
      ),
    );
    expect(backOff(5, undefined, 0)).toBeGreaterThan(backOff(1, undefined, 1));
  });

  it('reads Retry-After as seconds or as a date', () => {
    const now = Date.parse('2026-11-20T12:00:00Z');
    expect(parseRetryAfter('7', now)).toBe(7_000);
    expect(parseRetryAfter('Fri, 20 Nov 2026 12:00:30 GMT', now)).toBe(30_000);
    expect(parseRetryAfter('soon', now)).toBeUndefined();
    expect(parseRetryAfter(null, now)).toBeUndefined();
  });
});

const records = fc.array(fc.record({ grant: fc.constantFrom('a', 'b', 'c'), bytes: fc.integer({ min: 1, max: 400 }) }), {
  maxLength: 40,
});

describe('batches', () => {
  it('are measured in bytes, whatever a player is called', () => expect(bytesOf({ player: 'Vidéo 🎓' })).toBe(25));

  it('carry one grant, begin with the oldest and keep the order', () => {
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 50 }), (all, size) => {
        const batch = nextBatch(all, size, ({ bytes }) => bytes, 1_000);
        expect(batch.length).toBeLessThanOrEqual(size);
        expect(batch[0]).toBe(all[0]);
        if (batch.length > 1) expect(batch.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(1_000);
        expect(new Set(batch.map((record) => record.grant)).size).toBeLessThanOrEqual(1);
        const places = batch.map((record) => all.indexOf(record));
        expect(places).toEqual([...places].sort((a, b) => a - b));
      }),
    );
  });

  it('on the way out fit the budget and hold the newest', () => {
    fc.assert(
      fc.property(records, (all) => {
        const batches = beaconBatches(all, (record) => record.bytes, 1_000);
        const sent = batches.flat();
        expect(sent.reduce((sum, record) => sum + record.bytes, 0)).toBeLessThanOrEqual(1_000);
        expect([...sent].sort((a, b) => all.indexOf(a) - all.indexOf(b))).toEqual(
          all.slice(all.length - sent.length),
        );
        for (const batch of batches) expect(new Set(batch.map((record) => record.grant)).size).toBe(1);
      }),
    );
  });
});
