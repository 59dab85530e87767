import type { Tallies } from '../api/owner-types';
import { Withheld } from './Withheld';
import styles from './tallies.module.css';

interface TallyBarsProps {
  tallies: Tallies;
  smallestGroup: number;
  /** What is counted, as in `quality changes`. */
  what: string;
  /** What a bar is as long as, and what stands beside it; times otherwise. */
  measure?: (value: Tallies['values'][number]) => number;
  say?: (value: Tallies['values'][number]) => string;
  name?: (name: string) => string;
}

/** `720p` before `1080p`, `1` before `1.25`; what is no number by its letters. */
const byNumber = (a: { name: string }, b: { name: string }): number =>
  Number.parseFloat(a.name) - Number.parseFloat(b.name) || a.name.localeCompare(b.name);

/** How often each of a few names came up, as bars with their figures beside them. */
export const TallyBars = ({
  tallies: { values, suppressed },
  smallestGroup,
  what,
  measure = ({ times }) => times,
  say = ({ times, learners }) => `${times} × by ${learners}`,
  name = (text) => text,
}: TallyBarsProps) => {
  const most = Math.max(1e-9, ...values.map(measure));
  return (
    <div className={styles.tallies}>
      {values.length === 0 && !suppressed && <p className={styles.none}>No {what} so far.</p>}
      {values.length > 0 && (
        <dl className={styles.bars}>
          {[...values].sort(byNumber).map((value) => (
            <div key={value.name}>
              <dt>{name(value.name)}</dt>
              <dd>
                <span className={styles.bar} style={{ width: `${(measure(value) / most) * 100}%` }} aria-hidden="true" />
                <span className={styles.figure}>{say(value)}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {suppressed && <Withheld smallest={smallestGroup} what={values.length === 0 ? what : `some ${what}`} />}
    </div>
  );
};
