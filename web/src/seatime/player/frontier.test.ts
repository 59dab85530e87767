import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LessonProgress, PlaybackGrant } from '../api/types';
import { played, union, type Range } from '../watch/ranges';
import { Frontier, isSameRound, seekLimitOf } from './frontier';

const grant = (seekLock: PlaybackGrant['seekLock'], watchGrant: string | null = 'g') =>
  ({ seekLock, watchGrant }) as PlaybackGrant;
const progress = (more: Partial<LessonProgress> = {}) =>
  ({ frontier: 30, seekLocked: true, videoRevision: 1, attempt: 1, complete: false, ...more }) as LessonProgress;
const LOCK = { frontier: 20, videoRevision: 1, attempt: 1 };

describe('the limit of a seek', () => {
  it('is the further of what the grant and the progress know', () => {
    expect(seekLimitOf(grant(LOCK), progress())?.frontier).toBe(30);
    expect(seekLimitOf(grant(LOCK), progress({ frontier: 10 }))?.frontier).toBe(20);
    expect(seekLimitOf(grant(LOCK), null)?.frontier).toBe(20);
  });

  it('is the grant’s where the progress is of another video or another attempt', () => {
    expect(seekLimitOf(grant({ ...LOCK, videoRevision: 2, frontier: 0 }), progress())?.frontier).toBe(0);
    expect(seekLimitOf(grant({ ...LOCK, attempt: 2, frontier: 0 }), progress({ complete: true }))?.frontier).toBe(0);
  });

  it('is none without a lock, in a preview, and once the lesson is complete', () => {
    expect(seekLimitOf(grant(null), progress({ seekLocked: false }))).toBeNull();
    expect(seekLimitOf(grant(null), null)).toBeNull();
    expect(seekLimitOf(grant(null, null), progress())).toBeNull();
    expect(seekLimitOf(grant(LOCK), progress({ complete: true, seekLocked: false }))).toBeNull();
  });

  it('is there as soon as the progress knows of a lock, though the grant doesn’t yet', () => {
    expect(seekLimitOf(grant(null), progress())).toEqual({ frontier: 30, round: '1/1' });
  });

  it('is of one round', () => {
    expect(isSameRound(grant(LOCK), grant({ ...LOCK, frontier: 99 }))).toBe(true);
    expect(isSameRound(grant(LOCK), grant({ ...LOCK, attempt: 2 }))).toBe(false);
    expect(isSameRound(grant(null), grant(null))).toBe(false);
  });
});

describe('a frontier', () => {
  const at = (position: number, time: number, rate = 1) => ({ position, at: time * 1000, rate });
  const playing = (frontier: Frontier, from: number, to: number) => {
    for (let position = from; position <= to; position += 0.25) frontier.play(at(position, position));
    frontier.rest();
  };

  it('moves on with what is played at it', () => {
    const frontier = new Frontier({ frontier: 10, round: '1/1' });
    playing(frontier, 8, 15);
    expect(frontier.seconds).toBe(15);
    expect(frontier.isBefore(15.2)).toBe(false);
    expect(frontier.isBefore(16)).toBe(true);
  });

  it('stays where it is, whatever plays before and beyond it', () => {
    const frontier = new Frontier({ frontier: 10, round: '1/1' });
    playing(frontier, 2, 6);
    playing(frontier, 20, 30);
    expect(frontier.seconds).toBe(10);
  });

  it('takes what the server knows more, and gives nothing back that was played', () => {
    const frontier = new Frontier({ frontier: 10, round: '1/1' });
    playing(frontier, 10, 15);
    frontier.know({ frontier: 12, round: '1/1' });
    expect(frontier.seconds).toBe(15);
    frontier.know({ frontier: 40, round: '1/1' });
    expect(frontier.seconds).toBe(40);
  });

  it('begins anew with another attempt or another video', () => {
    const frontier = new Frontier({ frontier: 40, round: '1/1' });
    frontier.play(at(39, 39));
    frontier.know({ frontier: 0, round: '2/1' });
    frontier.play(at(39.25, 39.25));
    expect(frontier.seconds).toBe(0);
  });

  it('is never further than what was played from the beginning', () => {
    const step = fc.record({
      jump: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: null, freq: 4 }),
      rate: fc.constantFrom(0.5, 1, 2),
      seconds: fc.double({ min: 0.05, max: 0.5, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const frontier = new Frontier({ frontier: 0, round: '1/1' });
        const truly: Range[] = [];
        let [position, time] = [0, 0];
        frontier.play(at(position, time));
        for (const { jump, rate, seconds } of steps) {
          if (jump !== null) {
            frontier.rest();
            position = jump;
            frontier.play(at(position, time, rate));
          }
          truly.push([position, position + seconds * rate]);
          position += seconds * rate;
          time += seconds;
          frontier.play(at(position, time, rate));
        }
        const before = union(truly.map(([from, to]) => [Math.min(from, frontier.seconds), Math.min(to, frontier.seconds)]));
        const joints = truly.length * 0.25; // what lies within the slack of each jump
        expect(played(before)).toBeGreaterThanOrEqual(frontier.seconds - joints - 1e-6);
      }),
    );
  });
});
