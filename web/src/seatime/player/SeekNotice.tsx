import { clock } from '../format';
import styles from './player.module.css';

interface SeekNoticeProps {
  /** Where the seek was turned back to, in seconds; null while there is nothing to say. */
  turnedBackTo: number | null;
}

/** Stands there before it says anything: what appears together with its text is not read out. */
export const SeekNotice = ({ turnedBackTo }: SeekNoticeProps) => (
  <div className={styles.notice} role="status" aria-live="polite" data-testid="seek-notice">
    {turnedBackTo !== null && (
      <p>
        This course is watched in order. You have watched up to {clock(turnedBackTo)}; the rest opens as you watch.
      </p>
    )}
  </div>
);
