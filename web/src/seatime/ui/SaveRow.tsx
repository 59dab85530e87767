import type { Saving } from '../useSaving';
import controls from '../controls.module.css';
import { Button } from './Button';
import { Problem } from './Problem';

interface SaveRowProps {
  saving: Saving;
  /** What the form shows is not what is kept. */
  dirty: boolean;
  /** What it shows could be kept. */
  sound: boolean;
  /** The words on the button. */
  label?: string;
  /** Read out and shown when it is saved, until something is changed again. */
  said?: string;
}

/** The end of a form: why it was not saved, the button that saves, and that it was. */
export const SaveRow = ({ saving, dirty, sound, label = 'Save', said = 'Saved.' }: SaveRowProps) => (
  <>
    {saving.problem !== undefined && <Problem title="Not saved">{saving.problem.message}</Problem>}
    <div className={controls.row}>
      <Button kind="primary" type="submit" disabled={!dirty || !sound || saving.busy}>
        {label}
      </Button>
      <span role="status" className={controls.done}>
        {saving.done && !dirty ? said : ''}
      </span>
    </div>
  </>
);
