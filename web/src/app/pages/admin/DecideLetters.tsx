import { useState } from 'react';
import { useSaving, useSeatimeApi } from '../../../seatime';
import { Button } from '../../../seatime/ui/Button';
import { Dialog, DialogActions } from '../../../seatime/ui/Dialog';
import { Field, Input } from '../../../seatime/ui/Field';
import { Problem } from '../../../seatime/ui/Problem';
import type { Group } from './letters';
import styles from './admin.module.css';

export interface Decision extends Group {
  what: 'redrive' | 'discard';
}

interface DecideLettersProps {
  /** Undefined: closed. */
  decision: Decision | undefined;
  onClose: () => void;
  onDecided: () => void;
}

/** Says what will happen, asks why, and has it noted. */
export const DecideLetters = ({ decision, onClose, onDecided }: DecideLettersProps) => (
  <Dialog
    open={decision !== undefined}
    onClose={onClose}
    title={decision === undefined ? '' : `${decision.what === 'redrive' ? 'Redrive' : 'Discard'} ${these(decision)}?`}
    description={decision?.what === 'discard' ? 'Nothing is deleted: it is noted that nothing is to be done, and it can be redriven after all as long as the log has it.' : undefined}
  >
    {decision !== undefined && <Form decision={decision} onClose={onClose} onDecided={onDecided} />}
  </Dialog>
);

const these = ({ count, topic }: Decision): string => (count === 1 ? `a record of ${topic}` : `${count} records of ${topic}`);

const Form = ({ decision, onClose, onDecided }: DecideLettersProps & { decision: Decision }) => {
  const api = useSeatimeApi();
  const [note, setNote] = useState('');
  const deciding = useSaving();
  const { service, what, range, topic, count } = decision;

  const decide = async () => {
    await api.admin[what](service, { ...range, note: note.trim() === '' ? null : note.trim() });
    onDecided();
  };

  return (
    <form className={styles.stack} onSubmit={deciding.submit(decide)}>
      {what === 'redrive' && (
        <ul className={styles.plain}>
          <li>
            {count === 1 ? 'It is' : 'Each is'} written to <span className={styles.mono}>{topic}</span> again, with its key, its time and
            its id.
          </li>
          <li>Every service that reads the topic gets it once more. Those that have it already pass it over: nothing counts twice.</li>
          <li>If the cause is not mended, it comes back as another dead letter.</li>
        </ul>
      )}
      <Field label="Why" hint="For whoever reads the audit; may stay empty.">
        <Input value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
      </Field>
      {deciding.problem !== undefined && <Problem title="That did not work">{deciding.problem.message}</Problem>}
      <DialogActions>
        <Button onClick={onClose} disabled={deciding.busy}>
          Cancel
        </Button>
        <Button type="submit" kind="primary" disabled={deciding.busy}>
          {what === 'redrive' ? 'Redrive' : 'Discard'}
        </Button>
      </DialogActions>
    </form>
  );
};
