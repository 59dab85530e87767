import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clock } from '../format';
import { drawn, keyed, moved, normalise, parseTime, snap, total, without, type Segment } from './segments';

const DURATION = 100.4;
const place = fc.double({ min: -10, max: 120, noNaN: true });
const some = fc.array(fc.tuple(place, place), { maxLength: 6 }).map((pairs) =>
  pairs.reduce<Segment[]>((segments, [one, other]) => drawn(segments, one, other, DURATION), []),
);

const inOrder = (segments: readonly Segment[]): boolean =>
  segments.every(([from, to], index) => from >= (segments[index - 1]?.[1] ?? 0) && to > from && to <= DURATION);

const covers = (segments: readonly Segment[], at: number): boolean => segments.some(([from, to]) => from <= at && at < to);

describe('drawing parts', () => {
  it('keeps them in order, apart and inside the video', () => {
    fc.assert(
      fc.property(some, (segments) => {
        expect(inOrder(segments)).toBe(true);
        expect(normalise(segments, DURATION)).toEqual(segments);
      }),
    );
  });

  it('adds what was drawn, in either direction, and takes nothing away', () => {
    fc.assert(
      fc.property(some, place, place, (segments, one, other) => {
        const after = drawn(segments, one, other, DURATION);
        expect(drawn(segments, other, one, DURATION)).toEqual(after);
        for (const [from, to] of segments) expect(covers(after, (from + to) / 2)).toBe(true);
        expect(total(after)).toBeGreaterThanOrEqual(total(segments) - 1e-9);
        if (Math.abs(snap(one, DURATION) - snap(other, DURATION)) >= 1) {
          expect(covers(after, (snap(one, DURATION) + snap(other, DURATION)) / 2)).toBe(true);
        }
      }),
    );
  });

  it('moves an edge without touching the other parts', () => {
    fc.assert(
      fc.property(some, fc.nat(5), fc.constantFrom('from' as const, 'to' as const), place, (segments, index, edge, at) => {
        const after = moved(segments, index, edge, at, DURATION);
        expect(after.length).toBe(segments.length);
        expect(inOrder(after)).toBe(true);
        expect(without(after, index)).toEqual(without(segments, index));
      }),
    );
  });

  it('takes a slip of the hand for none', () => {
    expect(drawn([], 5, 5.3, DURATION)).toEqual([]);
    expect(drawn([[0, 3]], 50, 50, DURATION)).toEqual([[0, 3]]);
  });
});

describe('keys', () => {
  it.each([
    ['ArrowRight', false, 5, 6],
    ['ArrowLeft', false, 0, 0],
    ['ArrowRight', true, 5, 15],
    ['PageDown', false, 25, 15],
    ['Home', false, 5, 0],
    ['End', false, 5, DURATION],
    ['ArrowRight', false, 100, DURATION],
    ['x', false, 5, null],
  ])('%s (shift: %s) leads from %s to %s', (key, shift, at, to) => expect(keyed(key, shift, at, DURATION)).toBe(to));
});

describe('a time that is typed', () => {
  it('is read as it is shown', () => {
    fc.assert(
      fc.property(fc.nat(20_000), (seconds) => {
        expect(parseTime(clock(seconds))).toBe(seconds);
      }),
    );
  });

  it.each([
    ['65', 65],
    ['1:05', 65],
    [' 0:07.5 ', 7.5],
    ['1:02:03', 3723],
  ])('%s is %s s', (text, seconds) => expect(parseTime(text)).toBe(seconds));

  it.each(['', 'a', '1:', ':5', '1:75', '-3', '1:2:3:4'])('%s is none', (text) => expect(parseTime(text)).toBeNull());
});
