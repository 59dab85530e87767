/** What stands where data would be: nothing yet, on its way, or not to be had. */
import type { ReactNode } from 'react';
import type { ApiProblem } from '../api/problem';
import { Button } from './Button';
import styles from './states.module.css';

export const Loading = ({ what }: { what: string }) => (
  <div className={styles.state} role="status" data-loading="">
    <span className={styles.spinner} aria-hidden="true" />
    {what}…
  </div>
);

/** Grey lines in the place of what is coming, so that nothing jumps when it comes. */
export const Skeleton = ({ what, lines = 3 }: { what: string; lines?: number }) => (
  <div className={styles.skeleton} role="status" data-loading="" aria-label={`${what}…`}>
    {Array.from({ length: lines }, (_, line) => (
      <span key={line} className={styles.line} />
    ))}
  </div>
);

interface EmptyStateProps {
  title: string;
  message?: string;
  /** What one can do about it. */
  children?: ReactNode;
  /** Read out at once: the page is not what was asked for. */
  alert?: boolean;
  /** It is all that the page has: its title is the page's. */
  whole?: boolean;
}

export const EmptyState = ({ title, message, children, alert = false, whole = false }: EmptyStateProps) => {
  const Heading = whole ? 'h1' : 'h2';
  return (
    <div className={styles.state} role={alert ? 'alert' : undefined}>
      <Heading className={styles.title}>{title}</Heading>
      {message !== undefined && <p className={styles.message}>{message}</p>}
      {children}
    </div>
  );
};

const TITLES: Record<number, string> = {
  0: 'No connection',
  401: 'Please sign in again',
  403: 'Not for you',
  404: 'Not found',
};

export const Failure = ({ problem, onRetry }: { problem: ApiProblem; onRetry: () => void }) => (
  <EmptyState alert title={TITLES[problem.status] ?? 'Something went wrong'} message={problem.message}>
    <Button onClick={onRetry}>Try again</Button>
  </EmptyState>
);
