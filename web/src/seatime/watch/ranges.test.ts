import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_TRACE, advance, cut, interrupt, played, union, type Range, type Trace } from './ranges';

const playing = (trace: Trace, from: number, to: number, { at = 0, rate = 1, step = 0.25 } = {}): Trace => {
  let next = advance(trace, { position: from, at, rate });
  for (let position = from + step; position <= to + 1e-9; position += step) {
    next = advance(next, { position, at: at + ((position - from) / rate) * 1000, rate });
  }
  return next;
};

describe('a trace', () => {
  it('is one range for one stretch of playing', () => {
    expect(playing(EMPTY_TRACE, 3, 13).ranges).toEqual([[3, 13]]);
  });

  it('never grows over a jump, forward or back', () => {
    let trace = playing(EMPTY_TRACE, 0, 5);
    trace = advance(trace, { position: 60, at: 5_250, rate: 1 });
    trace = advance(trace, { position: 60.25, at: 5_500, rate: 1 });
    trace = advance(trace, { position: 10, at: 5_750, rate: 1 });
    expect(trace.ranges).toEqual([
      [0, 5],
      [60, 60.25],
    ]);
  });

  it('takes a late reading of a slow timer for playing, at any rate', () => {
    let trace = advance(EMPTY_TRACE, { position: 0, at: 0, rate: 2 });
    trace = advance(trace, { position: 118, at: 60_000, rate: 2 });
    expect(trace.ranges).toEqual([[0, 118]]);
  });

  it('keeps a replay as a range of its own', () => {
    const once = interrupt(playing(EMPTY_TRACE, 0, 5));
    expect(playing(once, 0, 5).ranges).toEqual([
      [0, 5],
      [0, 5],
    ]);
  });

  it('goes on without a gap after a cut', () => {
    const first = cut(playing(EMPTY_TRACE, 0, 10));
    const second = advance(first.rest, { position: 10.25, at: 10_250, rate: 1 });
    expect(first.ranges).toEqual([[0, 10]]);
    expect(second.ranges).toEqual([[10, 10.25]]);
  });

  it('never claims more media than the clock and the rate allow, whatever the readings', () => {
    const reading = fc.record({
      position: fc.double({ min: 0, max: 600, noNaN: true }),
      pause: fc.integer({ min: 0, max: 30_000 }),
      rate: fc.constantFrom(0.5, 1, 1.5, 2),
    });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 60 }), (readings) => {
        let at = 0;
        let allowed = 0;
        let trace = EMPTY_TRACE;
        for (const { position, pause, rate } of readings) {
          at += pause;
          allowed += (pause / 1000) * 2 + 0.5;
          trace = advance(trace, { position, at, rate });
        }
        expect(played(trace.ranges)).toBeLessThanOrEqual(allowed + 1e-6);
        for (const [from, to] of trace.ranges) expect(to).toBeGreaterThan(from);
      }),
    );
  });

  it('claims the same seconds however often it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 2, maxLength: 80 }), (cuts) => {
        let whole = EMPTY_TRACE;
        let piece = EMPTY_TRACE;
        const pieces: Range[] = [];
        cuts.forEach((cutHere, i) => {
          const tick = { position: i / 4, at: i * 250, rate: 1 };
          whole = advance(whole, tick);
          piece = advance(piece, tick);
          if (cutHere) {
            const { ranges, rest } = cut(piece);
            pieces.push(...ranges);
            piece = rest;
          }
        });
        expect(union([...pieces, ...piece.ranges])).toEqual(union(whole.ranges));
      }),
    );
  });
});

describe('union', () => {
  const ranges = fc.array(
    fc.tuple(fc.nat(100), fc.nat(100)).map(([a, b]): Range => [Math.min(a, b), Math.max(a, b)]),
    { maxLength: 20 },
  );

  it('is sorted, disjoint and holds exactly the seconds of its parts', () => {
    fc.assert(
      fc.property(ranges, (parts) => {
        const merged = union(parts);
        merged.reduce((before, range) => {
          expect(range[0]).toBeGreaterThan(before[1]);
          return range;
        }, [-1, -1] as Range);
        for (let second = 0; second < 100; second += 1) {
          const inside = (range: Range) => range[0] <= second && second < range[1];
          expect(merged.some(inside)).toBe(parts.some(inside));
        }
      }),
    );
  });
});
