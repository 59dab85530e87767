/** A file on its way: how far it is, what it waits for, and the buttons that pause it or give it up. */
import { useSyncExternalStore } from 'react';
import controls from '../controls.module.css';
import { percent } from '../format';
import { megabytes } from './sizes';
import type { Phase, Sending, SendingState } from './sending';
import styles from './upload.module.css';

interface SendingViewProps {
  name: string;
  sending: Sending<unknown>;
  onCancel: () => void;
}

const TITLES: Record<Phase, string> = {
  asking: 'Looking what is already there…',
  sending: 'Uploading',
  paused: 'Paused',
  offline: 'No connection',
  waiting: 'Interrupted',
  checking: 'Checking the video…',
  done: 'Uploaded',
  failed: 'Refused',
  gone: 'This upload has ended',
};

export const SendingView = ({ name, sending, onCancel }: SendingViewProps) => {
  const state = useSyncExternalStore(sending.subscribe, () => sending.state);
  return (
    <div className={styles.sending} data-testid="sending" data-phase={state.phase}>
      <p className={styles.file}>
        <strong>{name}</strong>
        <span className={controls.quiet}>{megabytes(state.size)}</span>
      </p>
      <progress className={styles.bar} aria-label={`Upload of ${name}`} value={state.sent} max={state.size} />
      <p className={styles.told} role="status">
        <strong>{TITLES[state.phase]}</strong> <span>{explained(state)}</span>
      </p>
      {resumed(state) && (
        <p className={controls.quiet} data-testid="resumed">
          Resumed at {share(state.resumedAt ?? 0, state.size)}: what was there was not sent again.
        </p>
      )}
      <div className={controls.row}>
        <PauseOrGoOn sending={sending} phase={state.phase} />
        {state.phase !== 'checking' && state.phase !== 'done' && (
          <button type="button" className={`${controls.button} ${controls.small}`} onClick={onCancel}>
            {hasEnded(state.phase) ? 'Upload another file' : 'Cancel'}
          </button>
        )}
      </div>
    </div>
  );
};

const PauseOrGoOn = ({ sending, phase }: { sending: Sending<unknown>; phase: Phase }) => {
  if (hasEnded(phase) || phase === 'checking' || phase === 'done') return null;
  const paused = phase === 'paused';
  return (
    <button
      type="button"
      className={`${controls.button} ${controls.small}`}
      onClick={paused ? sending.resume : sending.pause}
    >
      {paused ? 'Go on' : 'Pause'}
    </button>
  );
};

const explained = (state: SendingState<unknown>): string => {
  const there = share(state.sent, state.size);
  switch (state.phase) {
    case 'offline':
      return `at ${there}. It goes on by itself when the connection is back.`;
    case 'waiting':
      return `at ${there}. ${state.problem ?? ''} It is tried again.`;
    case 'failed':
    case 'gone':
      return state.problem ?? '';
    case 'sending':
    case 'paused':
      return there;
    default:
      return '';
  }
};

const hasEnded = (phase: Phase): boolean => phase === 'failed' || phase === 'gone';
const resumed = ({ resumedAt, phase }: SendingState<unknown>): boolean =>
  resumedAt !== null && resumedAt > 0 && !hasEnded(phase) && phase !== 'done';
const share = (sent: number, size: number): string => percent(size === 0 ? 0 : sent / size);
