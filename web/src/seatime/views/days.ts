/** Days as people read them. Pure. */

const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** A day (`2026-11-21`, UTC), or the days that were put together. */
export const dayName = ({ firstDay, lastDay }: { firstDay: string; lastDay: string }): string => {
  const [first, last] = [new Date(`${firstDay}T00:00:00Z`), new Date(`${lastDay}T00:00:00Z`)];
  return firstDay === lastDay ? DAY.format(first) : `${DAY.format(first)} – ${DAY.format(last)}`;
};
