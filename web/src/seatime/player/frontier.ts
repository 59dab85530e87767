/** How far a seek may lead in a course that lets nobody seek ahead: to where was watched, and on from there. Pure. */
import type { LessonProgress, PlaybackGrant } from '../api/types';
import { EMPTY_TRACE, advance, cut, interrupt, type Tick, type Trace } from '../watch/ranges';

export interface SeekLimit {
  /** Media seconds, watched without a gap from the beginning, as far as the server knows. */
  frontier: number;
  /** Another attempt at the course, or another video, is another round: watched from its beginning. */
  round: string;
}

type Of = Pick<LessonProgress, 'attempt' | 'videoRevision'>;

const roundOf = ({ attempt, videoRevision }: Of): string => `${attempt}/${videoRevision}`;

/** Whether both grants lock seeking, and of the same attempt at the same video. */
export const isSameRound = ({ seekLock: a }: PlaybackGrant, { seekLock: b }: PlaybackGrant): boolean =>
  Boolean(a && b && roundOf(a) === roundOf(b));

/**
 * Null where seeking is free: in most courses, in previews, and in a lesson that is complete. The grant's frontier may
 * be behind that of the progress, which in turn may be of a round that is over.
 */
export const seekLimitOf = (grant: PlaybackGrant, progress: LessonProgress | null): SeekLimit | null => {
  const lock = grant.seekLock ?? null;
  if (grant.watchGrant === null) return null;
  if (lock === null) {
    return progress?.seekLocked === true ? { frontier: progress.frontier, round: roundOf(progress) } : null;
  }
  const round = roundOf(lock);
  if (progress === null || roundOf(progress) !== round) return { frontier: lock.frontier, round };
  if (progress.complete) return null;
  return { frontier: Math.max(lock.frontier, progress.frontier), round };
};

/** Clocks of media are read a little late: so far beyond the frontier is still at it. */
const SLACK_S = 0.25;

/** The frontier of one playing: moved on by what plays at it, and by what the server knows. */
export class Frontier {
  private trace: Trace = EMPTY_TRACE;
  private reached: number;
  private round: string;

  constructor(limit: SeekLimit) {
    this.reached = limit.frontier;
    this.round = limit.round;
  }

  get seconds(): number {
    return this.reached;
  }

  /** What the server says takes nothing back that was played here, unless it is of another round. */
  know({ frontier, round }: SeekLimit): void {
    if (round !== this.round) this.trace = EMPTY_TRACE;
    this.reached = round === this.round ? Math.max(this.reached, frontier) : frontier;
    this.round = round;
  }

  isBefore(position: number): boolean {
    return position > this.reached + SLACK_S;
  }

  /** The element plays and stands there. */
  play(tick: Tick): void {
    const { ranges, rest } = cut(advance(this.trace, tick));
    this.trace = rest;
    for (const [from, to] of ranges) if (!this.isBefore(from)) this.reached = Math.max(this.reached, to);
  }

  /** It doesn't play any more, or jumps: what follows was not played from here. */
  rest(): void {
    this.trace = interrupt(this.trace);
  }
}
