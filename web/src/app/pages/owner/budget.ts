/** What somebody types as a budget. Pure. */

const MOST_DOLLARS = 1e9;
const MOST_THRESHOLDS = 10;

/** Null where it is no amount above 0. */
export const amountIn = (text: string): number | null => {
  const amount = Number(text.trim().replace(/^\$/, ''));
  return text.trim() !== '' && Number.isFinite(amount) && amount > 0 && amount <= MOST_DOLLARS ? amount : null;
};

/** `80, 100` as shares in their order, each once; null where one of them is none. */
export const thresholdsIn = (text: string): number[] | null => {
  const shares = text.split(',').map((part) => Number(part.trim().replace(/\s*%$/, '') || Number.NaN) / 100);
  const distinct = [...new Set(shares)].sort((a, b) => a - b);
  const good = distinct.every((share) => share > 0 && share <= 10) && distinct.length <= MOST_THRESHOLDS;
  return good ? distinct : null;
};
