import { describe, expect, it } from 'vitest';
import type { Interactions } from '../../../seatime/api/owner-types';
import { amountIn, thresholdsIn } from './budget';
import { platformRows } from './parts';
import { chosenIn, isReversed } from './useChosen';
import { bytes, drift, ending, monthName, refusals, usd } from './words';

describe('money', () => {
  it.each([
    [0, '$0.00'],
    [0.0008, '$0.0008'],
    [12.345, '$12.35'],
  ])('%d is written %s', (amount, text) => expect(usd(amount)).toBe(text));

  it.each([
    ['12', 12],
    ['$ 12.50', 12.5],
    ['', null],
    ['0', null],
    ['-1', null],
    ['ten', null],
    ['Infinity', null],
    ['2e9', null],
  ])('a budget of %s is %s', (text, amount) => expect(amountIn(text)).toBe(amount));

  it.each([
    ['100, 80', [0.8, 1]],
    ['80 %, 80%', [0.8]],
    ['', null],
    ['80,', null],
    ['0', null],
    ['1001', null],
    ['1,2,3,4,5,6,7,8,9,10,11', null],
  ])('thresholds of %s are %s', (text, shares) => expect(thresholdsIn(text)).toEqual(shares));
});

describe('words', () => {
  it('say what was refused, the most first, and leave out what is next to nothing', () => {
    expect(refusals({ hidden: 3, over_rate: 61, too_late: 0.4, newly_thought_of: 2 })).toEqual([
      '1:01 played faster than the course allows',
      '0:03 played while the page was hidden',
      '0:02 newly_thought_of',
    ]);
  });

  it('say on which side a drift is', () => expect([1, 0, -0.126].map(drift)).toEqual(['+100\u00a0%', '0\u00a0%', '−13\u00a0%']));
  it('say how a session ended', () =>
    expect([ending(false, null), ending(true, 'silent'), ending(true, 'new')]).toEqual(['may still play', 'the player fell silent', 'over']));
  it('name a month', () => expect(monthName('2026-11')).toMatch(/November.*2026/));

  it('say how large a file is', () => expect([1, 1_500, 2_000_000].map(bytes)).toEqual(['1 bytes', '1.5 kB', '2.0 MB']));
});

describe('what is chosen', () => {
  it('is read from the address, and what is no day is left out', () => {
    const said = new URLSearchParams('cohort=spring&from=2026-03-01&to=soon&day-from=2026-01-01');
    expect(chosenIn(said)).toEqual({ cohort: 'spring', from: '2026-03-01', to: undefined });
    expect(chosenIn(said, 'day-')).toEqual({ cohort: undefined, from: '2026-01-01', to: undefined });
  });

  it('may be the wrong way round', () => {
    const days = (from: string | undefined, to: string | undefined) => isReversed({ cohort: undefined, from, to });
    expect([days('2026-03-02', '2026-03-01'), days('2026-03-01', '2026-03-01'), days('2026-03-02', undefined)]).toEqual([true, false, false]);
  });
});

const share = (name: string, times: number, more: { withOthers?: boolean; seconds?: number } = {}) => ({
  name,
  times,
  learners: 1,
  seconds: more.seconds ?? null,
  withOthers: more.withOthers ?? false,
});
const cut = { byPlayer: [], byBrowser: [], byCountry: [] };

describe('what players told, by browser', () => {
  it('is added up over names, and what is not shown is no zero', () => {
    const tallied = (name: string, byBrowser: ReturnType<typeof share>[]) => ({ ...cut, name, times: 1, learners: 1, watchTime: null, byBrowser });
    const told: Interactions = {
      lessonId: 'l',
      courseId: 'c',
      smallestGroup: 5,
      seeks: { bucketSeconds: 1, cells: [], hotCells: [], hotTargets: [], suppressed: false },
      speeds: { values: [], suppressed: false },
      plays: { ...cut, times: 9, learners: 9, suppressed: false, byBrowser: [share('firefox', 3), share('chrome', 6)] },
      qualityChanges: { values: [tallied('720p', [share('chrome', 2)]), tallied('480p', [share('chrome', 5)])], suppressed: false },
      errors: { values: [tallied('network', [share('firefox', 1, { withOthers: true })])], suppressed: false },
      rebuffering: { ...cut, beats: 1, learners: 1, seconds: 2.5, suppressed: false, byBrowser: [share('chrome', 1, { seconds: 2.5 })] },
    };
    expect(platformRows(told, 'byBrowser')).toEqual([
      { name: 'chrome', withOthers: false, plays: 6, qualityChanges: 7, waited: 2.5, errors: undefined },
      { name: 'firefox', withOthers: true, plays: 3, qualityChanges: undefined, waited: undefined, errors: 1 },
    ]);
    expect(platformRows(told, 'byPlayer')).toEqual([]);
  });
});
