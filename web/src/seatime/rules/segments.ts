/** The parts of a video that must be watched, while somebody draws them. Pure; seconds throughout. */

export type Segment = readonly [from: number, to: number];
export type Edge = 'from' | 'to';

/** Shorter than this, a part is a slip of the hand. */
export const SHORTEST_S = 1;

const clip = (at: number, low: number, high: number): number => Math.min(Math.max(at, low), Math.max(low, high));

/** Whole seconds, as authors think; the video's end is what it is. */
export const snap = (at: number, duration: number): number =>
  at >= duration - 0.5 ? duration : clip(Math.round(at), 0, duration);

/** In order, inside the video, and those that overlap or touch made one. */
export const normalise = (segments: readonly Segment[], duration: number): Segment[] => {
  const inside = segments
    .map(([from, to]): Segment => [clip(from, 0, duration), clip(to, 0, duration)])
    .filter(([from, to]) => to > from)
    .sort(([a], [b]) => a - b);
  const joined: [number, number][] = [];
  for (const [from, to] of inside) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
};

/** With what was drawn from one place to the other, in whichever direction. Too short to be meant: as before. */
export const drawn = (segments: readonly Segment[], one: number, other: number, duration: number): Segment[] => {
  const [from, to] = [snap(Math.min(one, other), duration), snap(Math.max(one, other), duration)];
  return normalise(to - from < Math.min(SHORTEST_S, duration) ? segments : [...segments, [from, to]], duration);
};

/** With one edge elsewhere: never past its own other edge, nor into the next part. */
export const moved = (
  segments: readonly Segment[],
  index: number,
  edge: Edge,
  at: number,
  duration: number,
): readonly Segment[] => {
  const segment = segments[index];
  if (segment === undefined) return segments;
  const [from, to] = segment;
  const least = Math.min(SHORTEST_S, to - from);
  const next: Segment =
    edge === 'from'
      ? [clip(snap(at, duration), segments[index - 1]?.[1] ?? 0, to - least), to]
      : [from, clip(snap(at, duration), from + least, segments[index + 1]?.[0] ?? duration)];
  return segments.map((one, place) => (place === index ? next : one));
};

export const without = (segments: readonly Segment[], index: number): Segment[] =>
  segments.filter((_, place) => place !== index);

export const total = (segments: readonly Segment[]): number =>
  segments.reduce((sum, [from, to]) => sum + to - from, 0);

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
};

/** Where a key leads from here, as sliders have it; null for a key that moves nothing. */
export const keyed = (key: string, shift: boolean, at: number, duration: number): number | null => {
  if (key === 'Home') return 0;
  if (key === 'End') return duration;
  const step = STEPS[key];
  if (step === undefined) return null;
  return snap(clip(Math.round(at) + (shift && Math.abs(step) === 1 ? step * 10 : step), 0, duration), duration);
};

/** `1:05`, `1:02:03` or plain seconds, in seconds; null where it is no time. */
export const parseTime = (text: string): number | null => {
  const match = /^(?:(?:(\d+):)?(\d{1,3}):)?(\d{1,5})(?:[.,](\d{1,3}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, hours, minutes, seconds, fraction] = match;
  if (minutes !== undefined && Number(seconds) > 59) return null;
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds) + Number(`0.${fraction ?? 0}`);
};
