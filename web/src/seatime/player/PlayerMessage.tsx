import styles from './player.module.css';

interface PlayerMessageProps {
  title: string;
  message?: string;
  busy?: boolean;
  onRetry?: (() => void) | undefined;
}

/** Takes the player's place, at the player's size, so that nothing jumps when the video comes. */
export const PlayerMessage = ({ title, message, busy = false, onRetry }: PlayerMessageProps) => (
  <div className={styles.frame} role="status" aria-live="polite">
    <div className={styles.message}>
      {busy && <span className={styles.spinner} aria-hidden="true" />}
      <strong>{title}</strong>
      {message && <p>{message}</p>}
      {onRetry && (
        <button type="button" className={styles.retry} onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  </div>
);
