import { useEffect, useState, useSyncExternalStore } from 'react';
import { Recorder, type RecorderState } from './recorder';

/** A recorder of this component's own; camera and microphone go out with it. */
export const useRecorder = (): { recorder: Recorder; state: RecorderState } => {
  const [recorder] = useState(() => new Recorder());
  useEffect(() => () => recorder.close(), [recorder]);
  return { recorder, state: useSyncExternalStore(recorder.subscribe, recorder.current) };
};

/** Seconds recorded so far, read a few times in a second while it runs. */
export const useRecordedSeconds = (recorder: Recorder, running: boolean): number => {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => setSeconds(recorder.seconds), 250);
    return () => clearInterval(timer);
  }, [recorder, running]);
  return seconds;
};
