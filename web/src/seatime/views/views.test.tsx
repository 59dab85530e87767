import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { LessonProgress } from '../api/types';
import { clock, percent } from '../format';
import { CompletionStatus } from './CompletionStatus';
import { WatchedStrip } from './WatchedStrip';
import { closed, describe as describeRetention, pointsOf, ticksUpTo } from './retention';

afterEach(cleanup);

const progress: LessonProgress = {
  lessonId: 'l1',
  courseId: 'c1',
  duration: 100,
  resumePosition: 40,
  covered: [
    [0, 20],
    [90, 100],
  ],
  coverage: 0.3,
  threshold: 0.9,
  requiredSegments: [],
  frontier: 20,
  seekLocked: false,
  videoRevision: 1,
  attempt: 1,
  complete: false,
  completedAt: null,
  replacedAt: null,
  attemptStartedAt: null,
  earlier: [],
  watched: { live: 30, late: 0, hidden: 0 },
  reasons: [{ code: 'coverage', message: 'Watch 60 % more.' }],
  cuts: { over_rate: 12.4, hidden: 0.2 },
};

describe('the watched strip', () => {
  it('shows each covered range in its place, and says it', () => {
    render(<WatchedStrip covered={progress.covered} duration={100} coverage={0.3} threshold={0.9} />);
    expect(screen.getByRole('img').getAttribute('aria-label')).toBe('Watched: 0:00 to 0:20, 1:30 to 1:40');
    const places = screen.getAllByTestId('covered-range').map(({ style }) => [style.left, style.width]);
    expect(places).toEqual([['0%', '20%'], ['90%', '10%']]);
    expect(screen.getByTestId('coverage').textContent).toBe('30\u00a0% watched');
  });
});

describe('what has to be watched', () => {
  it('is marked in its place, and said', () => {
    render(<WatchedStrip covered={[]} duration={100} coverage={0} required={[[50, 60]]} />);
    expect(screen.getByRole('img').getAttribute('aria-label')).toBe('Watched: nothing yet. Required: 0:50 to 1:00');
    const { left, width } = screen.getByTestId('required-range').style;
    expect([left, width]).toEqual(['50%', '10%']);
    expect(screen.getByText('required')).toBeTruthy();
  });
});

describe('the completion', () => {
  it('says why not, and what was not counted', () => {
    render(<CompletionStatus progress={progress} />);
    expect(screen.getByText('Watch 60 % more.')).toBeTruthy();
    expect(screen.getByText(/0:12: played faster/)).toBeTruthy();
    expect(screen.queryByText(/hidden/)).toBeNull();
  });

  it('says so when it is', () => {
    render(<CompletionStatus progress={{ ...progress, complete: true, reasons: [], cuts: {} }} />);
    expect(screen.getByText('✓ Lesson complete')).toBeTruthy();
  });
});

describe('figures', () => {
  it('never round a share up to a goal that was missed', () => {
    expect(percent(0.8999)).toBe('89\u00a0%');
    expect(percent(0.29)).toBe('29\u00a0%');
    expect(percent(1)).toBe('100\u00a0%');
  });

  it('read as a clock', () => {
    expect([0, 59.6, 61, 3_661].map(clock)).toEqual(['0:00', '1:00', '1:01', '1:01:01']);
  });

  it('become points of a curve and a sentence', () => {
    const points = pointsOf({ bucketSeconds: 5, unique: [3, 0.96, 2], replays: [0, 4] });
    expect(points).toEqual([
      { at: 0, unique: 3, replays: 0 },
      { at: 5, unique: 1, replays: 4 },
      { at: 10, unique: 2, replays: 0 },
    ]);
    expect(describeRetention(points, clock)).toBe('3 viewers at the start, 2 at the end; fewest (1) at 0:05.');
    expect(closed(points, 5).at(-1)).toEqual({ at: 15, unique: 2, replays: 0 });
  });

  it.each([
    [30, [0, 5, 10, 15, 20, 25, 30]],
    [3, [0, 1, 2, 3]],
    [3_600, [0, 600, 1_200, 1_800, 2_400, 3_000, 3_600]],
    [0, [0]],
  ])('stand on an axis of round times up to %i s', (end, ticks) => expect(ticksUpTo(end)).toEqual(ticks));
});
