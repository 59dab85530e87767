/** Figures, moments and codes as owners read them. Pure. */
import { clock } from '../../../seatime';

/** US dollars: cents, and where that would say nothing, hundredths of one. */
export const usd = (amount: number): string => {
  const digits = amount !== 0 && Math.abs(amount) < 0.1 ? 4 : 2;
  return `$${amount.toFixed(digits)}`;
};

export const minutes = (amount: number): string => `${amount.toLocaleString('en', { maximumFractionDigits: 1 })} min`;

const MONTH = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** A month (`2026-11`) by its name. */
export const monthName = (month: string): string => MONTH.format(new Date(`${month}-01T00:00:00Z`));

/** A moment in the reader's own time. */
export const moment = (iso: string | null | undefined): string =>
  iso ? new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }) : '–';

export const bytes = (count: number): string => {
  if (count < 1_000) return `${count} bytes`;
  return count < 1_000_000 ? `${(count / 1_000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
};

/** By how much two counts differ: `+12 %` where ours is the larger. */
export const drift = (share: number): string =>
  `${share > 0 ? '+' : share < 0 ? '−' : ''}${Math.round(Math.abs(share) * 100)}\u00a0%`;

/** How a session ended. */
export const ending = (closed: boolean, because: string | null): string => {
  if (!closed) return 'may still play';
  return { silent: 'the player fell silent', expired: 'the grant ended' }[because ?? ''] ?? 'over';
};

const CUTS: Readonly<Record<string, string>> = {
  over_rate: 'played faster than the course allows',
  double_spent: 'played at the same time as another video',
  beat_cap: 'reported after too long a silence',
  too_late: 'reported too late',
  outside_grant: 'played outside the time of access',
  beyond_duration: 'beyond the end of the video',
  hidden: 'played while the page was hidden',
  replaced: 'of a video that has been replaced since',
};

/** What the ledger refused, the most first: `0:12 played faster than the course allows`. */
export const refusals = (cuts: Readonly<Record<string, number>>): string[] =>
  Object.entries(cuts)
    .filter(([, seconds]) => seconds >= 0.5)
    .sort(([, a], [, b]) => b - a)
    .map(([code, seconds]) => `${clock(seconds)} ${CUTS[code] ?? code}`);
