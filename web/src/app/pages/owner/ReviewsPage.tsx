/** Whose watching looks unlike a person's, for a person to judge: nothing is taken from anybody by itself. */
import { useCallback, useState } from 'react';
import { useResource, useSeatimeApi } from '../../../seatime';
import type { Review, ReviewState } from '../../../seatime/api/owner-types';
import { Button } from '../../../seatime/ui/Button';
import { Tabs } from '../../../seatime/ui/Tabs';
import { Notice } from '../../Notice';
import { useParam } from '../../useParam';
import { CourseHead } from './CourseHead';
import { Decide } from './Decide';
import { Loaded } from './Loaded';
import { ReviewCard } from './ReviewCard';
import styles from './owner.module.css';

const STATES: readonly { value: ReviewState; label: string; empty: string }[] = [
  { value: 'open', label: 'Open', empty: 'Nobody’s watching looks odd.' },
  { value: 'confirmed', label: 'Confirmed', empty: 'Nobody has been confirmed.' },
  { value: 'dismissed', label: 'Dismissed', empty: 'Nobody has been dismissed.' },
];

export default function ReviewsPage() {
  const courseId = useParam('courseId');
  const [state, setState] = useState<string>('open');
  return (
    <div className="page">
      <CourseHead courseId={courseId} page="Review queue" />
      <p className="muted small">
        A score with its reasons. It takes no credit and refuses no completion: what you decide is kept, with your note.
      </p>
      <Tabs
        label="Reviews by what became of them"
        value={state}
        onChange={setState}
        tabs={STATES.map(({ value, label, empty }) => ({
          value,
          label,
          content: <Queue courseId={courseId} state={value} empty={empty} />,
        }))}
      />
    </div>
  );
}

const Queue = ({ courseId, state, empty }: { courseId: string; state: ReviewState; empty: string }) => {
  const [pages, setPages] = useState<readonly (string | undefined)[]>([undefined]);
  return (
    <div className={styles.stack}>
      {pages.map((after, number) => (
        <QueuePage
          key={after ?? ''}
          courseId={courseId}
          state={state}
          after={after}
          empty={empty}
          onMore={number === pages.length - 1 ? (next) => setPages((before) => [...before, next]) : undefined}
        />
      ))}
    </div>
  );
};

interface QueuePageProps {
  courseId: string;
  state: ReviewState;
  after: string | undefined;
  empty: string;
  onMore: ((next: string) => void) | undefined;
}

const QueuePage = ({ courseId, state, after, empty, onMore }: QueuePageProps) => {
  const api = useSeatimeApi();
  const [deciding, setDeciding] = useState<Review>();
  const found = useResource(useCallback(() => api.owners.reviews(courseId, state, after), [api, courseId, state, after]));
  return (
    <Loaded resource={found} what="Looking at the ledger" lines={4}>
      {({ reviews, next, threshold }) => (
        <>
          {reviews.length === 0 && after === undefined && <Notice title={empty} message={scored(threshold)} />}
          <ul className={styles.list}>
            {reviews.map((review) => (
              <ReviewCard key={review.learnerId} review={review} onDecide={() => setDeciding(review)} />
            ))}
          </ul>
          {next !== null && onMore !== undefined && <Button onClick={() => onMore(next)}>Show more</Button>}
          <Decide
            courseId={courseId}
            review={deciding}
            onClose={() => setDeciding(undefined)}
            onDecided={() => {
              setDeciding(undefined);
              found.reload();
            }}
          />
        </>
      )}
    </Loaded>
  );
};

const scored = (threshold: number): string => `Whoever scores ${threshold} or more, of 1, appears here.`;
