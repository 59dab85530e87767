import type { ReactNode } from 'react';
import type { Resource } from '../../../seatime';
import { Failure, Skeleton } from '../../Notice';

interface LoadedProps<T> {
  resource: Resource<T>;
  /** What is being done, as in `Counting views`. */
  what: string;
  lines?: number;
  children: (data: T) => ReactNode;
}

/** What was read; until then its place, and where that failed the reason and a way to try again. */
export const Loaded = <T,>({ resource: { data, problem, reload }, what, lines = 3, children }: LoadedProps<T>) => {
  if (data === undefined) {
    if (problem !== undefined) return <Failure problem={problem} onRetry={reload} />;
    return (
      <div data-loading>
        <Skeleton what={what} lines={lines} />
      </div>
    );
  }
  return (
    <>
      {problem !== undefined && (
        <p className="muted small" role="status">
          Not up to date: {problem.message} It is tried again by itself.
        </p>
      )}
      {children(data)}
    </>
  );
};
