/** Retention buckets as the chart's points. Pure. */

export interface Retention {
  bucketSeconds: number;
  unique: readonly number[];
  replays: readonly number[];
}

export interface RetentionPoint {
  /** Seconds from the start of the video. */
  at: number;
  unique: number;
  replays: number;
}

export const pointsOf = ({ bucketSeconds, unique, replays }: Retention): RetentionPoint[] =>
  unique.map((viewers, i) => ({ at: i * bucketSeconds, unique: viewers, replays: replays[i] ?? 0 }));

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
