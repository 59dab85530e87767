/**
 * Records a lesson's video in the browser, from the camera or the screen, and hands it on to the uploader
 * as the file that it is: where it goes is decided there, as for any other.
 */
import { useState } from 'react';
import controls from '../controls.module.css';
import { clock } from '../format';
import { useTold } from '../useTold';
import { MuxVideoUploader, type MuxVideoUploaderProps } from '../upload/MuxVideoUploader';
import { Studio } from './Studio';
import { TakePreview, useLeaveWarning } from './TakePreview';
import type { Source } from './capture';
import type { RecorderState } from './recorder';
import { useRecorder } from './useRecorder';
import styles from './record.module.css';

export interface VideoRecorderProps extends Omit<MuxVideoUploaderProps, 'file'> {
  /** Whether something would be lost if the recorder went away now. */
  onBusy?: (busy: boolean) => void;
}

export const VideoRecorder = ({ onBusy, ...props }: VideoRecorderProps) => {
  const { recorder, state } = useRecorder();
  const [file, setFile] = useState<File>();
  const [sending, setSending] = useState(false);
  const [lessonId, setLessonId] = useState(props.lessonId);
  if (lessonId !== props.lessonId) {
    // A take is for whichever lesson is chosen when it is sent, and then for no other.
    setLessonId(props.lessonId);
    setFile(undefined);
  }
  useTold(onBusy, sending || (file === undefined && state.phase !== 'idle'));
  const again = () => {
    setFile(undefined);
    void recorder.ask(state.source);
  };
  return (
    <div className={styles.recorder}>
      {file === undefined ? (
        <>
          {(state.phase === 'idle' || state.phase === 'asking') && (
            <Start state={state} onChoose={(source) => void recorder.ask(source)} />
          )}
          {state.stream !== null && <Studio recorder={recorder} state={state} stream={state.stream} />}
          {state.take !== null && (
            <TakePreview take={state.take} note={state.note} onUse={setFile} onAgain={again} />
          )}
        </>
      ) : (
        <Sending {...props} file={file} onAgain={again} onBusy={setSending} />
      )}
      <p role="status" className={controls.hidden}>
        {spoken(state)}
      </p>
    </div>
  );
};

const spoken = ({ phase, source, take }: RecorderState): string =>
  ({
    idle: '',
    asking: source === 'camera' ? 'Waiting for the camera.' : 'Waiting for the screen.',
    live: 'Ready to record.',
    starting: 'Starting.',
    recording: 'Recording.',
    paused: 'Paused.',
    taken: `Recording stopped, ${clock(Math.floor(take?.seconds ?? 0))} long.`,
  })[phase];

const Start = ({ state, onChoose }: { state: RecorderState; onChoose: (source: Source) => void }) => {
  const asking = state.phase === 'asking';
  return (
    <>
      {state.problem !== null && (
        <div role="alert" className={controls.problem}>
          <strong>{state.problem.title}</strong>
          {state.problem.message}
        </div>
      )}
      <div className={styles.start}>
        <p>{asking ? 'Your browser asks for permission now.' : 'What do you want to record?'}</p>
        <div className={styles.sources}>
          <button type="button" className={styles.source} disabled={asking} onClick={() => onChoose('camera')}>
            <CameraIcon />
            <strong>Camera</strong>
            <span>You and your voice</span>
          </button>
          <button type="button" className={styles.source} disabled={asking} onClick={() => onChoose('screen')}>
            <ScreenIcon />
            <strong>Screen</strong>
            <span>A screen, window or tab, and your voice</span>
          </button>
        </div>
        <p className={controls.quiet}>Nothing leaves this page before you choose to upload it.</p>
      </div>
    </>
  );
};

/** What was recorded stays at hand until it has arrived. */
const Sending = ({ file, onAgain, onUploadComplete, ...props }: MuxVideoUploaderProps & { file: File; onAgain: () => void }) => {
  const [done, setDone] = useState(false);
  return (
    <>
      {!done && <Unsent />}
      <MuxVideoUploader
        {...props}
        file={file}
        onUploadComplete={(assetId, playbackId) => {
          setDone(true);
          onUploadComplete?.(assetId, playbackId);
        }}
      />
      <div className={controls.row}>
        <button type="button" className={`${controls.button} ${controls.small}`} onClick={onAgain}>
          {done ? 'Record another' : 'Record again'}
        </button>
      </div>
    </>
  );
};

const Unsent = () => {
  useLeaveWarning();
  return null;
};

const CameraIcon = () => (
  <svg viewBox="0 0 24 24" width="32" height="32" fill="none" stroke="currentColor" strokeWidth="1.75" aria-hidden="true">
    <rect x="2.5" y="6" width="13" height="12" rx="2.5" />
    <path d="m15.5 10.5 6-3.5v10l-6-3.5" strokeLinejoin="round" />
  </svg>
);

const ScreenIcon = () => (
  <svg viewBox="0 0 24 24" width="32" height="32" fill="none" stroke="currentColor" strokeWidth="1.75" aria-hidden="true">
    <rect x="2.5" y="4" width="19" height="12.5" rx="2.5" />
    <path d="M8.5 20.5h7M12 16.5v4" strokeLinecap="round" />
  </svg>
);
