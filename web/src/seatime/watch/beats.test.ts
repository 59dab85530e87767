import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { note, startRecording, stop, takeBeat, tick, type Beat, type Recording } from './beats';

const at = (ms: number, position: number, rate = 1) => ({ position, at: ms, rate });

const watch = (recording: Recording, from: number, seconds: number, startMs: number): Recording => {
  let next = tick(recording, at(startMs, from));
  for (let s = 1; s <= seconds; s += 1) next = tick(next, at(startMs + s * 1000, from + s));
  return next;
};

describe('a beat', () => {
  it('names its own interval of real time, not the wait before it', () => {
    const { beat } = takeBeat(watch(startRecording(), 0, 10, 5_000), at(15_000, 10), false);
    expect(beat).toEqual({
      seq: 1,
      since: 5_000,
      at: 15_000,
      position: 10,
      rate: 1,
      watched_segments: [[0, 10]],
      hidden: false,
      events: [],
    });
  });

  it('follows on the one before while playing goes on', () => {
    const first = takeBeat(watch(startRecording(), 0, 10, 0), at(10_000, 10), false);
    const going = tick(first.recording, at(11_000, 11));
    const { beat } = takeBeat(going, at(11_000, 11), false);
    expect(beat).toMatchObject({ seq: 2, since: 10_000, at: 11_000, watched_segments: [[10, 11]] });
  });

  it('starts afresh after a pause, so that playing stands at its end', () => {
    const paused = takeBeat(stop(watch(startRecording(), 0, 2, 0)), at(2_000, 2), false).recording;
    const { beat } = takeBeat(watch(paused, 2, 3, 60_000), at(63_000, 5), false);
    expect(beat).toMatchObject({ since: 60_000, at: 63_000, watched_segments: [[2, 5]] });
  });

  it('is not made of nothing', () => {
    expect(takeBeat(startRecording(), at(10_000, 0), false).beat).toBeNull();
  });

  it('carries events even where nothing was played', () => {
    const noted = note(startRecording(), { type: 'seek', at: 4_000.6, from: 1, to: 9 });
    expect(takeBeat(noted, at(4_001, 9), true).beat).toMatchObject({
      since: 4_001,
      at: 4_001,
      watched_segments: [],
      hidden: true,
      events: [{ type: 'seek', at: 4_001, from: 1, to: 9 }],
    });
  });

  it('is as long as what it claims where the clock was set back, and so is the next', () => {
    const back = takeBeat(watch(startRecording(), 0, 4, 3_600_000), at(9_000, 4, 2), false);
    expect(back.beat).toMatchObject({ since: 7_000, at: 9_000 });
    const next = takeBeat(tick(tick(back.recording, at(9_250, 4.5, 2)), at(19_000, 14)), at(19_000, 14), false);
    expect(next.beat).toMatchObject({ since: 9_000, at: 19_000 });
  });

  it.each([
    [0, 1],
    [0.0625, 0.0625],
    [64, 16],
  ])('names a rate of %s as %s, for the server takes no other', (rate, named) => {
    const noted = note(startRecording(), { type: 'ratechange', at: 1_000, value: rate });
    expect(takeBeat(noted, at(1_000, 3, rate), false).beat?.rate).toBe(named);
  });

  it('has whole milliseconds, ascending numbers and intervals that never overlap, whatever happens', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('tick' as const), ms: fc.double({ min: 1, max: 3000, noNaN: true }) }),
      fc.record({ do: fc.constant('stop' as const), ms: fc.double({ min: 1, max: 90_000, noNaN: true }) }),
      fc.record({ do: fc.constant('beat' as const), ms: fc.double({ min: 0, max: 10, noNaN: true }) }),
      fc.record({ do: fc.constant('note' as const), ms: fc.double({ min: 0, max: 10, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let recording = startRecording();
        let now = 1_700_000_000_000;
        let position = 0;
        const beats: Beat[] = [];
        const take = () => {
          const taken = takeBeat(recording, at(now, position), false);
          recording = taken.recording;
          if (taken.beat) beats.push(taken.beat);
        };
        for (const { do: action, ms } of steps) {
          now += ms;
          if (action === 'tick') {
            if (recording.trace.last) position += ms / 1000;
            recording = tick(recording, at(now, position));
          } else if (action === 'note') {
            recording = note(recording, { type: 'progress', at: now });
          } else {
            if (action === 'stop') recording = stop(recording);
            take();
          }
        }
        take();
        beats.forEach((beat, i) => {
          const before = beats[i - 1];
          expect(Number.isInteger(beat.since) && Number.isInteger(beat.at)).toBe(true);
          expect(beat.since).toBeLessThanOrEqual(beat.at);
          expect(beat.seq).toBe(i + 1);
          if (before) expect(beat.since).toBeGreaterThanOrEqual(before.at);
          const media = beat.watched_segments.reduce((sum, [from, to]) => sum + to - from, 0);
          expect(media * 1000).toBeLessThanOrEqual(beat.at - beat.since + 3);
        });
      }),
    );
  });
});
