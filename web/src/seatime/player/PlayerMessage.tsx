import styles from './player.module.css';

interface PlayerMessageProps {
  title: string;
  message?: string;
  /** Why, for scripts and tests. */
  reason?: string;
  busy?: boolean;
  /** It lies over the player instead of taking its place. */
  over?: boolean;
  onRetry?: (() => void) | undefined;
}

/** Takes the player's place, at the player's size, so that nothing jumps when the video comes. */
export const PlayerMessage = ({ title, message, reason, busy = false, over = false, onRetry }: PlayerMessageProps) => (
  <div className={over ? styles.over : styles.frame} role="status" aria-live="polite" data-reason={reason} data-loading={busy ? '' : undefined}>
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
