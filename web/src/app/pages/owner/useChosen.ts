import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';

/** Whom or when figures are about, kept in the address: a page that is sent on or loaded anew shows the same. */
export interface ChosenInAddress {
  cohort: string | undefined;
  from: string | undefined;
  to: string | undefined;
}

const NAMES = ['cohort', 'from', 'to'] as const;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What somebody typed into the address by hand, and that is no day, is left out. */
export const chosenIn = (said: URLSearchParams, prefix = ''): ChosenInAddress => {
  const day = (name: string) => {
    const value = said.get(prefix + name) ?? '';
    return DAY.test(value) ? value : undefined;
  };
  return { cohort: said.get(`${prefix}cohort`) || undefined, from: day('from'), to: day('to') };
};

export const isReversed = ({ from, to }: ChosenInAddress): boolean => from !== undefined && to !== undefined && to < from;

/** Two choices on one page go by different prefixes. */
export const useChosen = (prefix = ''): [ChosenInAddress, (change: Partial<ChosenInAddress>) => void] => {
  const [said, setSaid] = useSearchParams();
  const chosen = useMemo(() => chosenIn(said, prefix), [said, prefix]);
  const choose = useCallback(
    (change: Partial<ChosenInAddress>) =>
      setSaid(
        (before) => {
          const next = new URLSearchParams(before);
          for (const name of NAMES) {
            if (!(name in change)) continue;
            const value = change[name];
            if (value === undefined || value === '') next.delete(prefix + name);
            else next.set(prefix + name, value);
          }
          return next;
        },
        { replace: true },
      ),
    [setSaid, prefix],
  );
  return [chosen, choose];
};
