import { clock, percent } from '../format';
import styles from './views.module.css';

interface WatchedStripProps {
  /** Seconds, disjoint. */
  covered: readonly (readonly [number, number])[];
  duration: number;
  coverage: number;
  /** What the lesson asks for; not said where it is not known. */
  threshold?: number | undefined;
  /** Where the player stands. */
  position?: number | undefined;
}

const share = (seconds: number, duration: number): number => Math.min(100, Math.max(0, (seconds / duration) * 100));

/** The parts of a video that count as watched, along its length. */
export const WatchedStrip = ({ covered, duration, coverage, threshold, position }: WatchedStripProps) => {
  const spoken = covered.map(([from, to]) => `${clock(from)} to ${clock(to)}`).join(', ') || 'nothing yet';
  return (
    <figure className={styles.strip} data-testid="watched-strip">
      <div className={styles.track} role="img" aria-label={`Watched: ${spoken}`}>
        {covered.map(([from, to]) => (
          <span
            key={from}
            className={styles.covered}
            data-testid="covered-range"
            title={`${clock(from)} – ${clock(to)}`}
            style={{ left: `${share(from, duration)}%`, width: `${share(to - from, duration)}%` }}
          />
        ))}
        {position !== undefined && (
          <span className={styles.playhead} style={{ left: `${share(position, duration)}%` }} />
        )}
      </div>
      <figcaption className={styles.caption}>
        <span data-testid="coverage">{percent(coverage)} watched</span>
        {threshold !== undefined && <span>{percent(threshold)} needed</span>}
      </figcaption>
    </figure>
  );
};
