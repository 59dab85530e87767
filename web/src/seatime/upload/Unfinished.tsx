/** An upload that the page was left in the middle of. */
import { useState } from 'react';
import { percent } from '../format';
import { Button } from '../ui/Button';
import { forget, recall, type Remembered } from './memory';
import styles from './upload.module.css';

export interface UnfinishedUpload {
  known: Remembered | null;
  /** Nobody goes on with it: what S3 has of it goes, too. An upload to Mux ends there by itself. */
  drop: () => void;
}

/** What was left unfinished at a place. `giveUp` tells the server that nothing more of it comes. */
export const useUnfinished = (place: string, giveUp: (uploadId: string) => Promise<unknown>): UnfinishedUpload => {
  const [known, setKnown] = useState(() => recall(place));
  const drop = () => {
    if (known?.provider === 's3') giveUp(known.uploadId).catch(() => undefined); // the sweep finds it too
    if (known !== null) forget(place);
    setKnown(null);
  };
  return { known, drop };
};

export const Unfinished = ({ known, drop }: UnfinishedUpload) =>
  known !== null && (
    <div className={styles.unfinished} data-testid="unfinished">
      <p>
        <strong>{known.name}</strong> was being uploaded
        {known.sent > 0 && <>, {percent(known.sent / known.size)} of it had arrived</>}. Choose the same file again, and it
        goes on where it stopped.
      </p>
      <Button small onClick={drop}>
        Forget it
      </Button>
    </div>
  );
