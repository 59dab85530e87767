import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { SeekCell, Seeks } from '../api/owner-types';
import { clock } from '../format';
import { SeekMatrix } from './SeekMatrix';
import { gridOf, hotSpots, nextJump } from './seeks';

afterEach(cleanup);

const cell = (fromBucket: number, toBucket: number, seeks: number, learners = 1): SeekCell => ({ fromBucket, toBucket, seeks, learners });
const seeksOf = (cells: SeekCell[], more: Partial<Seeks> = {}): Seeks => ({
  bucketSeconds: 5,
  cells,
  hotCells: [...cells].sort((a, b) => b.seeks - a.seeks),
  hotTargets: cells.map(({ toBucket, seeks }) => ({ bucket: toBucket, seeks })),
  suppressed: false,
  ...more,
});

const BACK_AND_AHEAD = seeksOf([cell(1, 8, 4, 3), cell(6, 2, 9, 5)]);

describe('the seek matrix', () => {
  it('names the busiest ways in words, the busiest first', () => {
    expect(hotSpots(BACK_AND_AHEAD, clock)).toEqual([
      'From 0:30 back to 0:10: 9 seeks by 5 learners',
      'From 0:05 ahead to 0:40: 4 seeks by 3 learners',
    ]);
    render(<SeekMatrix seeks={BACK_AND_AHEAD} duration={60} smallestGroup={5} />);
    expect(screen.getAllByTestId('hot-spot')[0]?.textContent).toBe('From 0:30 back to 0:10: 9 seeks by 5 learners');
    expect(screen.queryByTestId('withheld')).toBeNull();
  });

  it('is one stop for the Tab key, and arrow keys go from cell to cell', () => {
    render(<SeekMatrix seeks={BACK_AND_AHEAD} duration={60} smallestGroup={5} />);
    const [first, second] = screen.getAllByTestId('seek-cell') as [HTMLElement, HTMLElement];
    expect([first.getAttribute('tabindex'), second.getAttribute('tabindex')]).toEqual(['0', '-1']);
    first.focus();
    fireEvent.keyDown(first, { key: 'ArrowRight' });
    expect(document.activeElement).toBe(second);
    expect([first.getAttribute('tabindex'), second.getAttribute('tabindex')]).toEqual(['-1', '0']);
    expect(second.getAttribute('aria-label')).toBe('From 0:30 back to 0:10: 9 seeks by 5 learners');
    fireEvent.keyDown(second, { key: 'ArrowRight' });
    expect(document.activeElement).toBe(second);
  });

  it('says that cells of few are left out, and never shows them as none', () => {
    const { rerender } = render(<SeekMatrix seeks={seeksOf([], { suppressed: true })} duration={60} smallestGroup={5} />);
    expect(screen.getByTestId('withheld').textContent).toContain('Fewer than 5 people');
    expect(screen.queryByText('Nobody has jumped anywhere yet.')).toBeNull();
    rerender(<SeekMatrix seeks={seeksOf([])} duration={60} smallestGroup={5} />);
    expect(screen.getByText('Nobody has jumped anywhere yet.')).toBeTruthy();
    rerender(<SeekMatrix seeks={seeksOf([cell(1, 8, 6, 6)], { suppressed: true })} duration={60} smallestGroup={5} />);
    expect(screen.getAllByTestId('seek-cell')).toHaveLength(1);
    expect(screen.getByTestId('withheld')).toBeTruthy();
  });
});

const cells = fc.uniqueArray(
  fc.record({ fromBucket: fc.nat(99), toBucket: fc.nat(99), seeks: fc.integer({ min: 1, max: 50 }), learners: fc.integer({ min: 1, max: 50 }) }),
  { selector: ({ fromBucket, toBucket }) => `${fromBucket}/${toBucket}`, minLength: 1 },
);

describe('its grid', () => {
  it('loses no seek and never claims more people than one of its cells has', () => {
    fc.assert(
      fc.property(cells, fc.integer({ min: 1, max: 60 }), (found, widest) => {
        const grid = gridOf(seeksOf(found), 500, widest);
        const total = (of: readonly { seeks: number }[]) => of.reduce((sum, { seeks }) => sum + seeks, 0);
        expect(total(grid.jumps)).toBe(total(found));
        expect(grid.size).toBeLessThanOrEqual(widest);
        expect(grid.size * grid.bucketSeconds).toBeGreaterThanOrEqual(500);
        expect(Math.max(...grid.jumps.map(({ learners }) => learners))).toBe(Math.max(...found.map(({ learners }) => learners)));
        expect(grid.jumps.every(({ from, to }) => from < grid.size && to < grid.size)).toBe(true);
      }),
    );
  });

  it('leads to a cell in the direction of the key, or nowhere', () => {
    fc.assert(
      fc.property(cells, fc.constantFrom('ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown'), (found, key) => {
        const { jumps } = gridOf(seeksOf(found), 500, 100);
        for (const at of jumps) {
          const next = nextJump(jumps, at, key);
          const inDirection = jumps.filter(
            ({ from, to }) =>
              ({ ArrowRight: from > at.from, ArrowLeft: from < at.from, ArrowUp: to > at.to, ArrowDown: to < at.to })[key],
          );
          if (inDirection.length === 0) expect(next).toBeUndefined();
          else expect(inDirection).toContain(next);
        }
      }),
      { numRuns: 30 },
    );
  });
});
