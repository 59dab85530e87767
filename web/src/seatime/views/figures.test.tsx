import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Tallies } from '../api/owner-types';
import DayChart from './DayChart';
import RetentionChart from './RetentionChart';
import { TallyBars } from './TallyBars';
import { barsOf } from './days';

beforeAll(() => {
  // jsdom lays nothing out; the chart then draws nothing, and what stands beside it is all there is.
  globalThis.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
});
afterEach(cleanup);

describe('the retention chart', () => {
  const retention = { bucketSeconds: 5, unique: [8, 6, 3], replays: [0, 2, 0] };

  it('can be read without seeing it: a sentence, the drop-off points, and a table', () => {
    render(<RetentionChart retention={retention} dropOffs={[{ position: 10, lost: 3, share: 0.375 }]} />);
    expect(screen.getByText(/8 viewers at the start, 3 at the end/)).toBeTruthy();
    expect(screen.getByTestId('drop-off').textContent).toBe('0:10: 3 viewers fewer than before (37\u00a0% of all)');
    const rows = within(screen.getByRole('table', { hidden: true })).getAllByRole('row', { hidden: true });
    expect(rows.map((row) => [...row.children].map(({ textContent }) => textContent))).toEqual([
      ['From', 'Viewers', 'Replays'],
      ['0:00', '8', '0'],
      ['0:05', '6', '2'],
      ['0:10', '3', '0'],
    ]);
  });

  it('marks nothing where nobody left', () => {
    render(<RetentionChart retention={retention} dropOffs={[]} />);
    expect(screen.queryByTestId('drop-off')).toBeNull();
    expect(screen.queryByText('Drop-off points')).toBeNull();
  });
});

describe('the days', () => {
  it('say which were put together', () => {
    const day = { views: 5, viewers: 5, newViewers: 4, completions: 1, watchTime: 90, verifiedTime: 60 };
    render(
      <DayChart
        days={[
          { ...day, firstDay: '2026-03-01', lastDay: '2026-03-01' },
          { ...day, firstDay: '2026-03-02', lastDay: '2026-03-04' },
        ]}
      />,
    );
    const names = screen.getAllByRole('rowheader', { hidden: true }).map(({ textContent }) => textContent);
    expect(names[0]).not.toContain('–');
    expect(names[1]).toMatch(/2.* – .*4/);
  });
});

describe('the bars of days', () => {
  const day = (firstDay: string, views: number, lastDay = firstDay) => ({ firstDay, lastDay, views, completions: 1 });

  it('stand apart by the days on which nobody watched', () => {
    const bars = barsOf([day('2026-02-27', 5), day('2026-03-02', 3, '2026-03-04'), day('2026-03-05', 4)]);
    expect(bars.map(({ views, completions }) => [views, completions])).toEqual([[5, 1], [0, 0], [0, 0], [3, 1], [4, 1]]);
    expect(new Set(bars.map(({ name }) => name)).size).toBe(5);
  });

  it('are not drawn for years of nothing', () => {
    expect(barsOf([day('2024-02-27', 5), day('2026-03-02', 3)])).toHaveLength(2);
    expect(barsOf([])).toEqual([]);
    expect(barsOf([day('2026-03-02', 3)])).toHaveLength(1);
  });
});

const tallies = (names: string[], suppressed = false): Tallies => ({
  values: names.map((name) => ({ name, times: 2, learners: 1, watchTime: null, byPlayer: [], byBrowser: [], byCountry: [] })),
  suppressed,
});

describe('tallies', () => {
  it('stand in the order of their numbers', () => {
    render(<TallyBars tallies={tallies(['1080p', '480p', 'other', '720p'])} smallestGroup={5} what="quality changes" />);
    expect(screen.getAllByRole('term').map(({ textContent }) => textContent)).toEqual(['480p', '720p', '1080p', 'other']);
    expect(screen.queryByTestId('withheld')).toBeNull();
  });

  it('tell none from withheld', () => {
    const { rerender } = render(<TallyBars tallies={tallies([])} smallestGroup={5} what="errors" />);
    expect(screen.getByText('No errors so far.')).toBeTruthy();
    rerender(<TallyBars tallies={tallies([], true)} smallestGroup={5} what="errors" />);
    expect(screen.queryByText('No errors so far.')).toBeNull();
    expect(screen.getByTestId('withheld').textContent).toContain('Fewer than 5 people');
  });
});
