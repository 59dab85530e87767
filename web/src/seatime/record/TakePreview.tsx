import { useEffect, useState, type SyntheticEvent } from 'react';
import { clock } from '../format';
import controls from '../controls.module.css';
import { recordingFile, recordingName, size } from './formats';
import type { Take } from './recorder';
import styles from './record.module.css';

interface TakePreviewProps {
  take: Take;
  note: string | null;
  onUse: (file: File) => void;
  onAgain: () => void;
}

/** The take as it will be sent, and what can be done with it. */
export const TakePreview = ({ take, note, onUse, onAgain }: TakePreviewProps) => {
  const url = useObjectUrl(take.recording);
  useLeaveWarning();
  return (
    <>
      <div className={styles.stage}>
        {url !== undefined && (
          <video
            className={styles.picture}
            src={url}
            controls
            playsInline
            preload="auto"
            aria-label="Your recording"
            data-testid="take"
            onLoadedMetadata={findEnd}
          />
        )}
      </div>
      {note !== null && <p className={controls.note}>{note}</p>}
      <p className={styles.facts} data-testid="take-length">
        {clock(Math.floor(take.seconds))} long · {size(take.recording.size)}
      </p>
      <div className={controls.row}>
        <button
          type="button"
          className={`${controls.button} ${controls.primary}`}
          onClick={() => onUse(recordingFile(take.recording, take.at))}
        >
          Upload this recording
        </button>
        <button type="button" className={controls.button} onClick={onAgain}>
          Record again
        </button>
        {url !== undefined && (
          <a className={controls.button} href={url} download={recordingName(take.recording.type, take.at)}>
            Save a copy
          </a>
        )}
      </div>
    </>
  );
};

/** A recording says nowhere how long it is; going to its end makes the browser find out, and the scrubber work. */
const findEnd = (event: SyntheticEvent<HTMLVideoElement>) => {
  const video = event.currentTarget;
  if (Number.isFinite(video.duration)) return;
  const back = () => {
    if (Number.isFinite(video.duration)) video.currentTime = 0;
  };
  video.addEventListener('durationchange', back, { once: true });
  video.currentTime = Number.MAX_SAFE_INTEGER;
};

const useObjectUrl = (blob: Blob): string | undefined => {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    // The URL is a resource of the browser's that must be given back.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
};

/** The take is nowhere but in this page. */
export const useLeaveWarning = () => {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, []);
};
