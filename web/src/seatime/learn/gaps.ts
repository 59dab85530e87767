/** What of a video is not watched yet. Pure; seconds throughout. */

export type Range = readonly [from: number, to: number];

/** Less than this is no gap to a person: beats end where timers end. */
const NOTHING_S = 1;

/** Of `wanted` (the whole video if absent) what `covered` leaves open, in order; slivers are left out. */
export const gapsIn = (covered: readonly Range[], duration: number, wanted: readonly Range[] = [[0, duration]]): Range[] => {
  const done = [...covered].sort(([a], [b]) => a - b);
  return [...wanted]
    .sort(([a], [b]) => a - b)
    .flatMap(([from, to]) => open(done, Math.max(0, from), Math.min(duration, to)))
    .filter(([from, to]) => to - from >= Math.min(NOTHING_S, duration / 2));
};

const open = (covered: readonly Range[], from: number, to: number): Range[] => {
  const found: Range[] = [];
  let at = from;
  for (const [start, end] of covered) {
    if (start >= to) break;
    if (start > at) found.push([at, start]);
    at = Math.max(at, end);
  }
  if (at < to) found.push([at, to]);
  return found;
};
