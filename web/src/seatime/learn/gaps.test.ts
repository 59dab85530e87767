import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gapsIn, type Range } from './gaps';

const total = (ranges: readonly Range[]): number => ranges.reduce((sum, [from, to]) => sum + to - from, 0);

/** Seconds as whole numbers, so that no sliver arises. */
const ranges = fc.array(fc.tuple(fc.nat(100), fc.nat(100)), { maxLength: 8 }).map((pairs) =>
  pairs.filter(([a, b]) => a !== b).map(([a, b]): Range => [Math.min(a, b), Math.max(a, b)]),
);

const seconds = (some: readonly Range[]): Set<number> =>
  new Set(some.flatMap(([from, to]) => Array.from({ length: to - from }, (_, index) => from + index)));

describe('gaps', () => {
  it('are the seconds that nobody watched, each once', () => {
    fc.assert(
      fc.property(ranges, (covered) => {
        const gaps = gapsIn(covered, 100);
        const watched = seconds(covered);
        expect(seconds(gaps)).toEqual(new Set(Array.from({ length: 100 }, (_, at) => at).filter((at) => !watched.has(at))));
        expect(total(gaps)).toBe(seconds(gaps).size);
      }),
    );
  });

  it('of what is wanted lie in it', () => {
    fc.assert(
      fc.property(ranges, ranges, (covered, wanted) => {
        const watched = seconds(covered);
        const asked = [...seconds(wanted)].filter((at) => at < 100 && !watched.has(at));
        expect([...seconds(gapsIn(covered, 100, wanted))].sort((a, b) => a - b)).toEqual(asked.sort((a, b) => a - b));
      }),
    );
  });

  it('leave slivers out, but not what a short video has', () => {
    expect(gapsIn([[0, 9.6]], 10)).toEqual([]);
    expect(gapsIn([], 0.8)).toEqual([[0, 0.8]]);
    expect(gapsIn([], 0)).toEqual([]);
  });
});
