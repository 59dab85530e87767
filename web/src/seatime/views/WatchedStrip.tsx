import { clock, percent } from '../format';
import styles from './views.module.css';

type Part = readonly [number, number];

interface WatchedStripProps {
  /** Seconds, disjoint. */
  covered: readonly Part[];
  duration: number;
  coverage: number;
  /** What the lesson asks for; not said where it is not known. */
  threshold?: number | undefined;
  /** What has to be watched whatever else is, in seconds. */
  required?: readonly Part[] | undefined;
  /** Where the player stands. */
  position?: number | undefined;
}

const share = (seconds: number, duration: number): number => Math.min(100, Math.max(0, (seconds / duration) * 100));

const place = (from: number, to: number, duration: number) => ({
  left: `${share(from, duration)}%`,
  width: `${share(to - from, duration)}%`,
});

const spoken = (parts: readonly Part[]): string => parts.map(([from, to]) => `${clock(from)} to ${clock(to)}`).join(', ');

/** The parts of a video that count as watched, along its length. */
export const WatchedStrip = ({ covered, duration, coverage, threshold, required = [], position }: WatchedStripProps) => {
  const demanded = required.length > 0 ? `. Required: ${spoken(required)}` : '';
  return (
    <figure className={styles.strip} data-testid="watched-strip">
      <div className={styles.track} role="img" aria-label={`Watched: ${spoken(covered) || 'nothing yet'}${demanded}`}>
        {covered.map(([from, to]) => (
          <span
            key={from}
            className={styles.covered}
            data-testid="covered-range"
            title={`${clock(from)} – ${clock(to)}`}
            style={place(from, to, duration)}
          />
        ))}
        {required.map(([from, to]) => (
          <span
            key={`required-${from}`}
            className={styles.required}
            data-testid="required-range"
            title={`Required: ${clock(from)} – ${clock(to)}`}
            style={place(from, to, duration)}
          />
        ))}
        {position !== undefined && (
          <span className={styles.playhead} style={{ left: `${share(position, duration)}%` }} />
        )}
      </div>
      <figcaption className={styles.caption}>
        <span data-testid="coverage">{percent(coverage)} watched</span>
        {required.length > 0 && (
          <span className={styles.key}>
            <span className={styles.keyMark} aria-hidden="true" /> required
          </span>
        )}
        {threshold !== undefined && <span>{percent(threshold)} needed</span>}
      </figcaption>
    </figure>
  );
};
