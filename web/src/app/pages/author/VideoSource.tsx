import { useState } from 'react';
import { MuxVideoUploader, VideoRecorder, type MuxVideoUploaderProps } from '../../../seatime';
import { Button } from '../../../seatime/ui/Button';
import styles from './author.module.css';

/** A lesson's video: a file that is there, or one that is recorded now. What is on its way is not interrupted. */
export const VideoSource = ({ onBusy, ...props }: MuxVideoUploaderProps) => {
  const [recording, setRecording] = useState(false);
  const [busy, setBusy] = useState(false);
  const told = (now: boolean) => {
    setBusy(now);
    onBusy?.(now);
  };
  return (
    <div className={styles.source}>
      {recording ? <VideoRecorder {...props} onBusy={told} /> : <MuxVideoUploader {...props} onBusy={told} />}
      {!busy && (
        <Button kind="quiet" onClick={() => setRecording(!recording)}>
          {recording ? 'Upload a file instead' : 'Record instead'}
        </Button>
      )}
    </div>
  );
};
