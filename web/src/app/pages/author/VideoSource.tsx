import { useState } from 'react';
import { MuxVideoUploader, VideoRecorder, type MuxVideoUploaderProps } from '../../../seatime';

/** A lesson's video: a file that is there, or one that is recorded now. */
export const VideoSource = (props: MuxVideoUploaderProps) => {
  const [recording, setRecording] = useState(false);
  const [busy, setBusy] = useState(false);
  return (
    <div className="video-source">
      {recording ? <VideoRecorder {...props} onBusy={setBusy} /> : <MuxVideoUploader {...props} />}
      {!busy && (
        <button type="button" className="button quiet" onClick={() => setRecording(!recording)}>
          {recording ? 'Upload a file instead' : 'Record instead'}
        </button>
      )}
    </div>
  );
};
