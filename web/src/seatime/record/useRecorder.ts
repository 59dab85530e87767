import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { Recorder, type RecorderState } from './recorder';

/** A recorder of this component's own; camera and microphone go out with it. */
export const useRecorder = (): { recorder: Recorder; state: RecorderState } => {
  const [recorder] = useState(() => new Recorder());
  useEffect(() => () => recorder.close(), [recorder]);
  return { recorder, state: useSyncExternalStore(recorder.subscribe, recorder.current, recorder.current) };
};

/** Whole seconds recorded so far: looked at a few times in a second while it runs, and exact where it stands. */
export const useRecordedSeconds = (recorder: Recorder, running: boolean): number => {
  const subscribe = useCallback(
    (look: () => void) => {
      if (!running) return () => undefined;
      const timer = setInterval(look, 250);
      return () => clearInterval(timer);
    },
    [running],
  );
  return useSyncExternalStore(subscribe, () => Math.floor(recorder.seconds));
};
