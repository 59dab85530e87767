/** The seek matrix as it is drawn and said. Pure. */
import type { SeekCell, Seeks } from '../api/owner-types';

export interface Jump {
  from: number;
  to: number;
  seeks: number;
  /** At least so many people: cells that are drawn as one may have some in common. */
  learners: number;
}

export interface Grid {
  /** Buckets along each side. */
  size: number;
  bucketSeconds: number;
  jumps: Jump[];
  /** Of one cell. */
  most: number;
}

const WIDEST = 40;

const jumpOf = ({ fromBucket, toBucket, seeks, learners }: SeekCell): Jump => ({ from: fromBucket, to: toBucket, seeks, learners });

/** As fine as it can be seen: neighbouring buckets are put together until there are at most `widest` a side. */
export const gridOf = ({ cells, bucketSeconds }: Seeks, duration: number | null, widest = WIDEST): Grid => {
  const reached = Math.max(0, ...cells.flatMap(({ fromBucket, toBucket }) => [fromBucket, toBucket])) + 1;
  const buckets = Math.max(reached, duration === null ? 0 : Math.ceil(duration / bucketSeconds));
  const together = Math.ceil(buckets / widest);
  const found = new Map<string, Jump>();
  for (const cell of cells) {
    const one = jumpOf(cell);
    const [from, to] = [Math.floor(one.from / together), Math.floor(one.to / together)];
    const known = found.get(`${from}/${to}`);
    found.set(`${from}/${to}`, {
      from,
      to,
      seeks: one.seeks + (known?.seeks ?? 0),
      learners: Math.max(one.learners, known?.learners ?? 0),
    });
  }
  const jumps = [...found.values()].sort((a, b) => a.from - b.from || a.to - b.to);
  return {
    size: Math.ceil(buckets / together),
    bucketSeconds: bucketSeconds * together,
    jumps,
    most: Math.max(0, ...jumps.map(({ seeks }) => seeks)),
  };
};

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

export const isAhead = ({ from, to }: { from: number; to: number }): boolean => to > from;

/** “From 0:04 ahead to 0:20: 3 seeks by 3 learners”. */
export const sayJump = (jump: Jump, bucketSeconds: number, clock: (seconds: number) => string): string => {
  const way = jump.from === jump.to ? 'about where they were, to' : isAhead(jump) ? 'ahead to' : 'back to';
  const who = `${plural(jump.seeks, 'seek')} by ${plural(jump.learners, 'learner')}`;
  return `From ${clock(jump.from * bucketSeconds)} ${way} ${clock(jump.to * bucketSeconds)}: ${who}`;
};

/** What the hottest cells mean, the hottest first. */
export const hotSpots = ({ hotCells, bucketSeconds }: Seeks, clock: (seconds: number) => string, most = 5): string[] =>
  hotCells.slice(0, most).map((cell) => sayJump(jumpOf(cell), bucketSeconds, clock));

const STEPS: Record<string, readonly [number, number]> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/**
 * The cell that an arrow key leads to: the nearest one in that direction, where going sideways counts double.
 * Undefined at the edge, and for any other key.
 */
export const nextJump = (jumps: readonly Jump[], at: Jump, key: string): Jump | undefined => {
  const step = STEPS[key];
  if (step === undefined) return undefined;
  const [right, up] = step;
  const distance = (jump: Jump): number => {
    const [x, y] = [jump.from - at.from, jump.to - at.to];
    const along = x * right + y * up;
    return along <= 0 ? Infinity : along + 2 * Math.abs(x * up + y * right);
  };
  const nearest = jumps.reduce<Jump | undefined>(
    (best, jump) => (distance(jump) < (best === undefined ? Infinity : distance(best)) ? jump : best),
    undefined,
  );
  return nearest;
};
