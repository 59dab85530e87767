import { useEffect, useId, useRef } from 'react';
import { clock } from '../format';
import controls from '../controls.module.css';
import { LevelMeter } from './LevelMeter';
import { useLeaveWarning } from './TakePreview';
import type { Recorder, RecorderState } from './recorder';
import { useDevices, type Choice } from './useDevices';
import { useRecordedSeconds } from './useRecorder';
import styles from './record.module.css';

interface StudioProps {
  recorder: Recorder;
  state: RecorderState;
  stream: MediaStream;
}

/** The picture as it is being taken, and the buttons that take it. */
export const Studio = ({ recorder, state, stream }: StudioProps) => {
  const hasSound = stream.getAudioTracks().length > 0;
  return (
    <>
      <div className={styles.stage}>
        <LivePicture stream={stream} mirrored={state.source === 'camera'} />
        {state.phase === 'starting' && <p className={styles.length}>Starting…</p>}
        {(state.phase === 'recording' || state.phase === 'paused') && (
          <Length recorder={recorder} running={state.phase === 'recording'} />
        )}
      </div>
      {state.note !== null && (
        <p className={controls.note} role="status">
          {state.note}
        </p>
      )}
      {hasSound && <LevelMeter stream={stream} />}
      {state.phase === 'live' ? (
        <>
          <DeviceChoice recorder={recorder} state={state} stream={stream} />
          <div className={controls.row}>
            <button
              type="button"
              className={`${controls.button} ${styles.record}`}
              onClick={() => recorder.start()}
              ref={focusOnce}
            >
              <span className={styles.dot} aria-hidden="true" />
              Record
            </button>
            <Cancel recorder={recorder} />
          </div>
        </>
      ) : state.phase === 'starting' ? (
        <div className={controls.row}>
          <Cancel recorder={recorder} />
        </div>
      ) : (
        <Running recorder={recorder} paused={state.phase === 'paused'} />
      )}
    </>
  );
};

const Cancel = ({ recorder }: { recorder: Recorder }) => (
  <button type="button" className={controls.button} onClick={() => recorder.close()}>
    Cancel
  </button>
);

/** Keyboard users go on where the button they pressed was replaced. */
const focusOnce = (button: HTMLButtonElement | null) => {
  if (button !== null && document.activeElement === document.body) button.focus();
};

const Running = ({ recorder, paused }: { recorder: Recorder; paused: boolean }) => {
  useLeaveWarning();
  return (
    <div className={controls.row}>
      <button
        type="button"
        className={`${controls.button} ${controls.primary}`}
        onClick={() => recorder.stop()}
        ref={focusOnce}
      >
        Stop
      </button>
      <button
        type="button"
        className={controls.button}
        onClick={() => (paused ? recorder.resume() : recorder.pause())}
      >
        {paused ? 'Go on' : 'Pause'}
      </button>
    </div>
  );
};

const LivePicture = ({ stream, mirrored }: { stream: MediaStream; mirrored: boolean }) => {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current !== null) video.current.srcObject = stream;
  }, [stream]);
  return (
    <video
      ref={video}
      className={styles.picture}
      data-mirrored={mirrored}
      autoPlay
      muted
      playsInline
      aria-label="What is being recorded"
    />
  );
};

const Length = ({ recorder, running }: { recorder: Recorder; running: boolean }) => {
  const seconds = useRecordedSeconds(recorder, running);
  return (
    <div className={styles.length} data-running={running}>
      <span className={styles.dot} aria-hidden="true" />
      <span className={controls.hidden}>{running ? 'Recording, ' : 'Paused, '}</span>
      <span role="timer" aria-live="off" data-testid="length">
        {clock(seconds)}
      </span>
      {!running && <span aria-hidden="true">paused</span>}
    </div>
  );
};

const NO_MICROPHONE = 'none';

const DeviceChoice = ({ recorder, state, stream }: StudioProps) => {
  const { cameras, microphones } = useDevices(stream);
  const { source, devices } = state;
  const used = (tracks: MediaStreamTrack[]) => tracks[0]?.getSettings().deviceId;
  const microphone = devices.microphone === null ? NO_MICROPHONE : (devices.microphone ?? used(stream.getAudioTracks()));
  return (
    <div className={controls.row}>
      {source === 'camera' && (
        <Choose
          label="Camera"
          value={devices.camera ?? used(stream.getVideoTracks())}
          choices={cameras}
          onChoose={(camera) => void recorder.ask(source, { ...devices, camera })}
        />
      )}
      {source === 'camera' && (
        <Choose
          label="Microphone"
          value={microphone}
          choices={[...microphones, { id: NO_MICROPHONE, label: 'No microphone' }]}
          onChoose={(id) => void recorder.ask(source, { ...devices, microphone: id === NO_MICROPHONE ? null : id })}
        />
      )}
    </div>
  );
};

interface ChooseProps {
  label: string;
  value: string | undefined;
  choices: Choice[];
  onChoose: (id: string) => void;
}

const Choose = ({ label, value, choices, onChoose }: ChooseProps) => {
  const id = useId();
  return (
    <div className={controls.field}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className={controls.input}
        value={value ?? ''}
        onChange={(event) => onChoose(event.target.value)}
      >
        {choices.every((choice) => choice.id !== value) && <option value={value ?? ''}>As the browser chose</option>}
        {choices.map((choice) => (
          <option key={choice.id} value={choice.id}>
            {choice.label}
          </option>
        ))}
      </select>
    </div>
  );
};
