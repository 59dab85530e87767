import { Suspense, lazy, useCallback } from 'react';
import { useResource, type Resource } from '../../../seatime';
import type { Chosen, DaySeries } from '../../../seatime/api/owner-types';
import { DayRange } from './DayRange';
import { Loaded } from './Loaded';
import { isReversed, useChosen } from './useChosen';
import styles from './owner.module.css';

const DayChart = lazy(() => import('../../../seatime/views/DayChart'));
const REFRESH_MS = 15_000;

interface DaysProps {
  /** Stable. */
  load: (days: Chosen) => Promise<DaySeries>;
}

/** What happened when, day by day, with the days to choose. */
export const DaysSection = ({ load }: DaysProps) => {
  const [chosen, choose] = useChosen('day-');
  return (
    <section className={`card ${styles.stack}`} aria-labelledby="days">
      <h2 id="days">By day</h2>
      <DayRange label="Days" chosen={chosen} onChoose={choose} />
      {!isReversed(chosen) && <Days load={load} from={chosen.from} to={chosen.to} />}
    </section>
  );
};

const Days = ({ load, from, to }: { load: DaysProps['load']; from: string | undefined; to: string | undefined }) => {
  const series: Resource<DaySeries> = useResource(
    useCallback(() => load({ from, to }), [load, from, to]),
    { pollEvery: () => REFRESH_MS },
  );
  return (
    <Loaded resource={series} what="Counting the days" lines={5}>
      {({ days, smallestGroup }) =>
        days.length === 0 ? (
          <p className="muted">
            Nothing to show on these days: nobody watched{smallestGroup > 1 && `, or fewer than ${smallestGroup} people did`}.
          </p>
        ) : (
          <Suspense fallback={<div className={styles.chartPlace} data-loading>Loading the chart…</div>}>
            <DayChart days={days} />
          </Suspense>
        )
      }
    </Loaded>
  );
};
