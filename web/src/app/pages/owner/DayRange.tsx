import type { ReactNode } from 'react';
import { Button } from '../../../seatime/ui/Button';
import { isReversed, type ChosenInAddress } from './useChosen';
import styles from './owner.module.css';

interface DayRangeProps {
  /** What the days are of. */
  label: string;
  chosen: ChosenInAddress;
  onChoose: (change: Partial<ChosenInAddress>) => void;
  /** Further choices. */
  children?: ReactNode;
}

/** From which day to which, both included (UTC). */
export const DayRange = ({ label, chosen, onChoose, children }: DayRangeProps) => {
  const any = chosen.cohort !== undefined || chosen.from !== undefined || chosen.to !== undefined;
  return (
    <div role="group" aria-label={label}>
      <div className={styles.bar}>
        {children}
        <label>
          From (UTC)
          <input
            type="date"
            value={chosen.from ?? ''}
            max={chosen.to}
            onChange={(event) => onChoose({ from: event.target.value })}
          />
        </label>
        <label>
          To
          <input type="date" value={chosen.to ?? ''} min={chosen.from} onChange={(event) => onChoose({ to: event.target.value })} />
        </label>
        {any && (
          <Button kind="quiet" onClick={() => onChoose({ cohort: undefined, from: undefined, to: undefined })}>
            Show all
          </Button>
        )}
      </div>
      {isReversed(chosen) && (
        <p className="bad" role="alert">
          The last day is before the first.
        </p>
      )}
    </div>
  );
};
