/** How every chart looks: its axes, its grid, and what is told of a point. Colours are the page's. */

const SMALL = 13;

export const GRID = { vertical: false, stroke: 'var(--st-line)' } as const;

const AXIS = { stroke: 'var(--st-muted)', tickLine: false, fontSize: SMALL } as const;
export const ACROSS = { ...AXIS, tickMargin: 8, height: 52 } as const;
export const UP = { ...AXIS, axisLine: false, allowDecimals: false, width: 56 } as const;

/** What an axis counts, below it or along it. */
export const acrossLabel = (value: string) => ({ value, position: 'insideBottom', fill: 'var(--st-muted)', fontSize: SMALL }) as const;
export const upLabel = (value: string) =>
  ({ value, angle: -90, position: 'insideLeft', fill: 'var(--st-muted)', fontSize: SMALL, style: { textAnchor: 'middle' } }) as const;

export const TOLD = {
  contentStyle: { background: 'var(--st-surface)', border: '1px solid var(--st-line-strong)', borderRadius: 8, fontSize: 14 },
  labelStyle: { color: 'var(--st-text)', fontWeight: 600 },
  itemStyle: { color: 'var(--st-text)', padding: 0 },
} as const;

export const MARGIN = { top: 18, right: 16, bottom: 4, left: 0 };
