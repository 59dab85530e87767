/** Days as people read them. Pure. */

const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** A day (`2026-11-21`, UTC), or the days that were put together. */
export const dayName = ({ firstDay, lastDay }: { firstDay: string; lastDay: string }): string => {
  const [first, last] = [new Date(`${firstDay}T00:00:00Z`), new Date(`${lastDay}T00:00:00Z`)];
  return firstDay === lastDay ? DAY.format(first) : `${DAY.format(first)} – ${DAY.format(last)}`;
};

const DAY_MS = 86_400_000;
/** More bars than these say nothing. */
const MOST_DAYS = 360;

export interface Bar {
  name: string;
  views: number;
  completions: number;
}

/** A bar for each day, or for the days that were put together; those between them, on which nobody watched, are empty. */
export const barsOf = (days: readonly { firstDay: string; lastDay: string; views: number; completions: number }[]): Bar[] => {
  const bars = days.map((day) => ({ name: dayName(day), views: day.views, completions: day.completions }));
  const [first, last] = [days[0]?.firstDay, days.at(-1)?.lastDay];
  if (first === undefined || last === undefined || Date.parse(last) - Date.parse(first) > MOST_DAYS * DAY_MS) return bars;
  return days.flatMap(({ lastDay }, i) => [bars[i] as Bar, ...daysBetween(lastDay, days[i + 1]?.firstDay ?? lastDay)]);
};

/** Neither day included. */
const daysBetween = (before: string, after: string): Bar[] => {
  const found: Bar[] = [];
  for (let at = Date.parse(before) + DAY_MS; at < Date.parse(after); at += DAY_MS) {
    found.push({ name: DAY.format(at), views: 0, completions: 0 });
  }
  return found;
};
