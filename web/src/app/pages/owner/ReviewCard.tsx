import { clock } from '../../../seatime';
import type { Review } from '../../../seatime/api/owner-types';
import { Button } from '../../../seatime/ui/Button';
import { Meter } from '../../../seatime/ui/Meter';
import { moment } from './words';
import styles from './owner.module.css';

const DECIDED = { dismissed: 'Dismissed', confirmed: 'Confirmed' } as const;

/** One learner in the queue: the score, what it is made of, and what was decided. */
export const ReviewCard = ({ review, onDecide }: { review: Review; onDecide: () => void }) => {
  const { learnerId, score, reasons, watched, watchedFrom, watchedUntil, decision } = review;
  return (
    <li className={`card ${styles.learner}`} data-testid="review" data-learner={learnerId}>
      <div className={styles.headline}>
        <h2>{learnerId}</h2>
        <div className={styles.score}>
          <Meter label={`Score of ${learnerId}`} value={score} spoken={`${score} of 1`} />
          {score.toFixed(2)}
        </div>
      </div>
      <ul className={styles.plain}>
        {reasons.map(({ code, message }) => (
          <li key={code}>{message}</li>
        ))}
      </ul>
      <p className={styles.aside}>
        <span>{clock(watched)} watched</span>
        {watchedFrom !== null && (
          <span>
            {moment(watchedFrom)} – {moment(watchedUntil)}
          </span>
        )}
      </p>
      {decision !== null && (
        <p className={styles.aside} data-testid="decision">
          <span>
            {DECIDED[decision.decision]} by {decision.decidedBy}, {moment(decision.decidedAt)}, at a score of {decision.score.toFixed(2)}
          </span>
          {decision.note !== '' && <span>“{decision.note}”</span>}
        </p>
      )}
      <div>
        <Button onClick={onDecide}>{decision === null ? 'Decide…' : 'Decide anew…'}</Button>
      </div>
    </li>
  );
};
