import { useId, useState } from 'react';
import { useSeatimeApi } from '../../../seatime';
import type { Review } from '../../../seatime/api/owner-types';
import { Button } from '../../../seatime/ui/Button';
import { Choice } from '../../../seatime/ui/Choice';
import { Dialog, DialogActions } from '../../../seatime/ui/Dialog';
import { Problem } from '../../../seatime/ui/Problem';
import { useSaving } from '../../../seatime/useSaving';
import styles from './owner.module.css';

interface DecideProps {
  courseId: string;
  /** Undefined: closed. */
  review: Review | undefined;
  onClose: () => void;
  onDecided: () => void;
}

export const Decide = ({ courseId, review, onClose, onDecided }: DecideProps) => (
  <Dialog
    open={review !== undefined}
    onClose={onClose}
    title={`Decide about ${review?.learnerId ?? ''}`}
    description="It is kept who decided, when and on what grounds. Credit and completions stay as they are."
  >
    {review !== undefined && (
      <Form key={review.learnerId} courseId={courseId} review={review} onClose={onClose} onDecided={onDecided} />
    )}
  </Dialog>
);

type Verdict = 'dismissed' | 'confirmed';

const Form = ({ courseId, review, onClose, onDecided }: DecideProps & { review: Review }) => {
  const api = useSeatimeApi();
  const [verdict, setVerdict] = useState<Verdict>(review.decision?.decision ?? 'dismissed');
  const [note, setNote] = useState(review.decision?.note ?? '');
  const saving = useSaving();
  const noteId = useId();

  return (
    <form
      className={styles.stack}
      onSubmit={saving.submit(async () => {
        await api.owners.decide(courseId, review.learnerId, verdict, note);
        onDecided();
      })}
    >
      <Choice<Verdict>
        label="What is it?"
        name="verdict"
        value={verdict}
        onChange={setVerdict}
        options={[
          { value: 'dismissed', label: 'Nothing to it', hint: 'Dismissed: comes back only if the score rises clearly.' },
          { value: 'confirmed', label: 'It is odd', hint: 'Confirmed: stays on record.' },
        ]}
      />
      <label htmlFor={noteId}>Note</label>
      <textarea
        id={noteId}
        className={styles.note}
        value={note}
        maxLength={2000}
        onChange={(event) => setNote(event.target.value)}
      />
      {saving.problem !== undefined && <Problem title="Not kept">{saving.problem.message}</Problem>}
      <DialogActions>
        <Button onClick={onClose} disabled={saving.busy}>
          Cancel
        </Button>
        <Button type="submit" kind="primary" disabled={saving.busy}>
          Keep the decision
        </Button>
      </DialogActions>
    </form>
  );
};
