import controls from '../controls.module.css';
import { clock } from '../format';
import { gapsIn, type Range } from './gaps';
import styles from './learn.module.css';

interface UnwatchedProps {
  covered: readonly Range[];
  duration: number;
  /** Nothing behind it may be jumped to; null for no such lock. */
  lockedFrom: number | null;
  /** Seconds; the player goes there. */
  onSeek: (seconds: number) => void;
}

/** So many fit in a line or two; who has more watches them one after the other. */
const SHOWN = 6;

/** The parts that were not watched yet, each a button that plays it. Nothing where all was watched. */
export const Unwatched = ({ covered, duration, lockedFrom, onSeek }: UnwatchedProps) => {
  const gaps = gapsIn(covered, duration);
  if (gaps.length === 0 || covered.length === 0) return null;
  const more = gaps.length - SHOWN;
  return (
    <div className={styles.unwatched} role="group" aria-label="Not watched yet" data-testid="unwatched">
      <span className={styles.lead}>Not watched yet:</span>
      {gaps.slice(0, SHOWN).map(([from, to]) => (
        <button
          key={from}
          type="button"
          className={`${controls.button} ${controls.small} ${styles.gap}`}
          disabled={lockedFrom !== null && from > lockedFrom + 1}
          onClick={() => onSeek(from)}
        >
          <span className={controls.hidden}>Watch </span>
          {clock(from)}–{clock(to)}
        </button>
      ))}
      {more > 0 && <span className={styles.lead}>and {more} more</span>}
    </div>
  );
};
