import { useRef, useState, type KeyboardEvent } from 'react';
import type { Seeks } from '../api/owner-types';
import { clock } from '../format';
import { Withheld } from './Withheld';
import { ticksUpTo } from './retention';
import { gridOf, hotSpots, isAhead, nextJump, sayJump, type Grid, type Jump } from './seeks';
import styles from './seeks.module.css';

interface SeekMatrixProps {
  seeks: Seeks;
  /** Seconds; null where it is not known. */
  duration: number | null;
  smallestGroup: number;
}

/** From where viewers jump to where: a cell for each way, and the busiest ways in words. */
export const SeekMatrix = ({ seeks, duration, smallestGroup }: SeekMatrixProps) => {
  const grid = gridOf(seeks, duration);
  if (grid.jumps.length === 0) {
    return (
      <div data-testid="seek-matrix">
        {seeks.suppressed ? <Withheld smallest={smallestGroup} what="seeks" /> : <p className={styles.none}>Nobody has jumped anywhere yet.</p>}
      </div>
    );
  }
  return (
    <figure className={styles.matrix} data-testid="seek-matrix">
      <Field grid={grid} />
      <figcaption className={styles.words}>
        <ul className={styles.legend}>
          <li className={styles.ahead}>jumps ahead</li>
          <li className={styles.back}>jumps back</li>
        </ul>
        <h3>Hot spots</h3>
        <ol className={styles.spots}>
          {hotSpots(seeks, clock).map((spot) => (
            <li key={spot} data-testid="hot-spot">
              {spot}
            </li>
          ))}
        </ol>
        <p className={styles.targets}>
          Most jumped to: {seeks.hotTargets.slice(0, 3).map(({ bucket, seeks: count }) => `${clock(bucket * seeks.bucketSeconds)} (${count})`).join(', ')}
        </p>
        {seeks.suppressed && <Withheld smallest={smallestGroup} what="ways that few took" />}
      </figcaption>
    </figure>
  );
};

const SIDE = 100;
const MARGIN = 11;

/** One stop for the Tab key; from there the arrow keys go from cell to cell. */
const Field = ({ grid }: { grid: Grid }) => {
  const [at, setAt] = useState<string>();
  const cells = useRef(new Map<string, SVGRectElement>());
  const side = SIDE / grid.size;
  const current = grid.jumps.find((jump) => keyOf(jump) === at);
  const stop = current ?? grid.jumps[0];

  const move = (event: KeyboardEvent) => {
    if (stop === undefined) return;
    const next = nextJump(grid.jumps, stop, event.key);
    if (next === undefined) return;
    event.preventDefault();
    cells.current.get(keyOf(next))?.focus();
  };

  return (
    <div className={styles.field}>
      <svg
        viewBox={`${-MARGIN} -1 ${SIDE + MARGIN + 3} ${SIDE + MARGIN + 2}`}
        role="group"
        aria-label="Seeks by where they left and where they led to; arrow keys go from one to the next"
        onKeyDown={move}
        onMouseLeave={() => setAt(undefined)}
      >
        <rect className={styles.ground} width={SIDE} height={SIDE} />
        <Axes end={grid.size * grid.bucketSeconds} />
        <line className={styles.diagonal} x1="0" y1={SIDE} x2={SIDE} y2="0" />
        {grid.jumps.map((jump) => (
          <rect
            key={keyOf(jump)}
            ref={(cell) => {
              if (cell === null) cells.current.delete(keyOf(jump));
              else cells.current.set(keyOf(jump), cell);
            }}
            className={isAhead(jump) ? styles.aheadCell : styles.backCell}
            x={jump.from * side}
            y={SIDE - (jump.to + 1) * side}
            width={side}
            height={side}
            fillOpacity={0.3 + 0.7 * (jump.seeks / grid.most)}
            role="img"
            aria-label={sayJump(jump, grid.bucketSeconds, clock)}
            tabIndex={jump === stop ? 0 : -1}
            data-testid="seek-cell"
            onFocus={() => setAt(keyOf(jump))}
            onMouseEnter={() => setAt(keyOf(jump))}
          />
        ))}
      </svg>
      <p className={styles.said} aria-hidden="true">
        {current === undefined ? 'Point at a cell to read it.' : sayJump(current, grid.bucketSeconds, clock)}
      </p>
    </div>
  );
};

const Axes = ({ end }: { end: number }) => (
  <g className={styles.axes} aria-hidden="true">
    {ticksUpTo(end, 5).map((seconds) => {
      const place = (seconds / end) * SIDE;
      return (
        <g key={seconds}>
          <line className={styles.rule} x1={place} y1="0" x2={place} y2={SIDE} />
          <line className={styles.rule} x1="0" y1={SIDE - place} x2={SIDE} y2={SIDE - place} />
          <text x={place} y={SIDE + 4.5} textAnchor="middle">
            {clock(seconds)}
          </text>
          <text x="-1.5" y={SIDE - place + 1.2} textAnchor="end">
            {clock(seconds)}
          </text>
        </g>
      );
    })}
    <text x={SIDE / 2} y={SIDE + 9} textAnchor="middle">
      from
    </text>
    <text x={-9} y={SIDE / 2} textAnchor="middle" transform={`rotate(-90 -9 ${SIDE / 2})`}>
      to
    </text>
  </g>
);

const keyOf = ({ from, to }: Jump): string => `${from}/${to}`;
