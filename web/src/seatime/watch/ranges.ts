/**
 * What was really played, told from what was merely reached: ranges grow only
 * from one tick of the media clock to the next, and never over a jump.
 */

/** Media seconds, half open: `[from, to)`. */
export type Range = readonly [from: number, to: number];

/** One reading of a playing element. `at` is epoch milliseconds. */
export interface Tick {
  position: number;
  at: number;
  rate: number;
}

export interface Trace {
  /** Ranges since the last cut, in the order in which they were played; a replay appears twice. */
  readonly ranges: readonly Range[];
  /** The reading that playing goes on from, or null while nothing plays. */
  readonly last: Tick | null;
}

export const EMPTY_TRACE: Trace = { ranges: [], last: null };

/** Media clocks are read a little late and a little early; this much is not a jump. */
const JUMP_TOLERANCE_S = 0.5;

const isNatural = (from: Tick, to: Tick): boolean => {
  const advance = to.position - from.position;
  const elapsed = Math.max(0, to.at - from.at) / 1000;
  return advance >= 0 && advance <= elapsed * Math.max(from.rate, to.rate) + JUMP_TOLERANCE_S;
};

const extend = (ranges: readonly Range[], from: number, to: number): readonly Range[] => {
  if (to <= from) return ranges;
  const open = ranges.at(-1);
  if (open && open[1] === from) return [...ranges.slice(0, -1), [open[0], to]];
  return [...ranges, [from, to]];
};

/** The element plays and stands at `tick`: credit the way from the last reading, if it was played. */
export const advance = (trace: Trace, tick: Tick): Trace => {
  if (trace.last === null || !isNatural(trace.last, tick)) return { ...trace, last: tick };
  return { ranges: extend(trace.ranges, trace.last.position, tick.position), last: tick };
};

/** Playing stopped (pause, stall, seek): what follows starts afresh. */
export const interrupt = (trace: Trace): Trace => ({ ...trace, last: null });

/** Take the ranges out; an element that plays goes on from where it stands. */
export const cut = (trace: Trace): { ranges: readonly Range[]; rest: Trace } => ({
  ranges: trace.ranges,
  rest: { ranges: [], last: trace.last },
});

/** Seconds played, a replay counted twice. */
export const played = (ranges: readonly Range[]): number =>
  ranges.reduce((sum, [from, to]) => sum + (to - from), 0);

/** The same set of seconds as sorted, disjoint ranges. */
export const union = (ranges: readonly Range[]): Range[] => {
  const sorted = ranges.filter(([from, to]) => to > from).sort((a, b) => a[0] - b[0]);
  const merged: Range[] = [];
  for (const [from, to] of sorted) {
    const open = merged.at(-1);
    if (open && from <= open[1]) merged[merged.length - 1] = [open[0], Math.max(open[1], to)];
    else merged.push([from, to]);
  }
  return merged;
};
