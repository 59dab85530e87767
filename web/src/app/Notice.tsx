/** What pages show in place of data; the names by which the app knows them. */
import { Link } from 'react-router';
import type { ApiProblem } from '../seatime';
import { buttonClass } from '../seatime/ui/Button';
import { EmptyState, Failure } from '../seatime/ui/States';

export { EmptyState as Notice, Failure, Loading, Skeleton } from '../seatime/ui/States';

const NOT_TO_BE_HAD: Record<number, string> = { 403: 'Not for you', 404: 'Not found' };

interface PageFailureProps {
  problem: ApiProblem;
  onRetry: () => void;
}

/** In place of a whole page: trying again where that may help, else the way to what there is. */
export const PageFailure = ({ problem, onRetry }: PageFailureProps) => {
  const title = NOT_TO_BE_HAD[problem.status];
  if (title === undefined) return <Failure problem={problem} onRetry={onRetry} />;
  return (
    <EmptyState alert whole title={title} message={problem.message}>
      <Link className={buttonClass()} to="/">
        All courses
      </Link>
    </EmptyState>
  );
};
