/** Retention buckets as the chart's points. Pure. */
import { plural } from './seeks';

export interface Retention {
  bucketSeconds: number;
  /** Mean number of watchers in each bucket. */
  unique: readonly number[];
  replays: readonly number[];
}

/** Where many stop watching. */
export interface DropOffPoint {
  /** Seconds from the start of the video. */
  position: number;
  /** How many fewer watch after it than before it. */
  lost: number;
  /** Of the viewers, 0…1. */
  share: number;
}

export interface RetentionPoint {
  /** Seconds from the start of the video. */
  at: number;
  unique: number;
  replays: number;
}

const tenths = (mean: number): number => Math.round(mean * 10) / 10;

export const pointsOf = ({ bucketSeconds, unique, replays }: Retention): RetentionPoint[] =>
  unique.map((viewers, i) => ({
    at: i * bucketSeconds,
    unique: tenths(viewers),
    replays: tenths(replays[i] ?? 0),
  }));

/** The same with the end of the last bucket, so that a stepped line is as long as the video. */
export const closed = (points: RetentionPoint[], bucketSeconds: number): RetentionPoint[] => {
  const last = points.at(-1);
  return last ? [...points, { ...last, at: last.at + bucketSeconds }] : points;
};

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** Round times for the axis, about `count` of them. */
export const ticksUpTo = (end: number, count = 8): number[] => {
  const step = STEPS.find((candidate) => end / candidate <= count) ?? Math.ceil(end / count / 3600) * 3600;
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, i) => i * step);
};

/** One sentence for those who can't see the curve. */
export const describe = (points: readonly RetentionPoint[], clock: (seconds: number) => string): string => {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return 'No one has watched yet.';
  const low = points.reduce((least, point) => (point.unique < least.unique ? point : least), first);
  return (
    `${first.unique} viewers at the start, ${last.unique} at the end; ` +
    `fewest (${low.unique}) at ${clock(low.at)}.`
  );
};

/** “0:10: 3.4 fewer viewers than before (13 % of all)”. */
export const sayDropOff = (
  { position, lost, share }: DropOffPoint,
  clock: (seconds: number) => string,
  percent: (share: number) => string,
): string => `${clock(position)}: ${plural(tenths(lost), 'viewer')} fewer than before (${percent(share)} of all)`;
