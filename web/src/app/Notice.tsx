import type { ReactNode } from 'react';
import type { ApiProblem } from '../seatime';

export const Loading = ({ what }: { what: string }) => (
  <div className="notice" role="status">
    <span className="spinner" aria-hidden="true" />
    {what}…
  </div>
);

export const Notice = ({ title, message, children }: { title: string; message?: string; children?: ReactNode }) => (
  <div className="notice">
    <h2>{title}</h2>
    {message && <p>{message}</p>}
    {children}
  </div>
);

const TITLES: Record<number, string> = {
  0: 'No connection',
  401: 'Please sign in again',
  403: 'Not for you',
  404: 'Not found',
};

export const Failure = ({ problem, onRetry }: { problem: ApiProblem; onRetry: () => void }) => (
  <div className="notice" role="alert">
    <h2>{TITLES[problem.status] ?? 'Something went wrong'}</h2>
    <p>{problem.message}</p>
    <button type="button" className="button" onClick={onRetry}>
      Try again
    </button>
  </div>
);
