import { useId, useState } from 'react';
import { useSeatimeApi } from '../../../seatime';
import { asProblem } from '../../../seatime/api/problem';
import type { Review } from '../../../seatime/api/owner-types';
import { Button } from '../../../seatime/ui/Button';
import { Choice } from '../../../seatime/ui/Choice';
import { Dialog, DialogActions } from '../../../seatime/ui/Dialog';
import { Problem } from '../../../seatime/ui/Problem';
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
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const noteId = useId();

  const decide = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await api.owners.decide(courseId, review.learnerId, verdict, note);
      onDecided();
    } catch (error) {
      setProblem(asProblem(error).message);
      setBusy(false);
    }
  };

  return (
    <form
      className={styles.stack}
      onSubmit={(event) => {
        event.preventDefault();
        void decide();
      }}
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
      {problem !== undefined && <Problem title="That did not work">{problem}</Problem>}
      <DialogActions>
        <Button onClick={onClose} disabled={busy}>
          Cancel
        </Button>
        <Button type="submit" kind="primary" disabled={busy}>
          Keep the decision
        </Button>
      </DialogActions>
    </form>
  );
};
