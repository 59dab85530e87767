import type { Cohorts } from '../../../seatime/api/owner-types';
import { DayRange } from './DayRange';
import type { ChosenInAddress } from './useChosen';
import styles from './owner.module.css';

interface AudienceProps {
  cohorts: Cohorts | undefined;
  chosen: ChosenInAddress;
  onChoose: (change: Partial<ChosenInAddress>) => void;
}

/** Whose figures are shown: a cohort's, or those who came on certain days. */
export const Audience = ({ cohorts, chosen, onChoose }: AudienceProps) => {
  const named = (cohorts?.cohorts ?? []).flatMap(({ cohort, viewers }) => (cohort === null ? [] : [{ cohort, viewers }]));
  const unknown = chosen.cohort !== undefined && !named.some(({ cohort }) => cohort === chosen.cohort);
  return (
    <section className={`card ${styles.stack}`} aria-labelledby="audience">
      <h2 id="audience">Viewers</h2>
      <DayRange label="Whose figures are shown, by cohort and by the day of the first view" chosen={chosen} onChoose={onChoose}>
        <label>
          Cohort
          <select
            value={chosen.cohort ?? ''}
            onChange={(event) => onChoose({ cohort: event.target.value })}
            disabled={named.length === 0 && !unknown}
          >
            <option value="">{named.length === 0 ? 'No cohorts' : 'All'}</option>
            {named.map(({ cohort, viewers }) => (
              <option key={cohort} value={cohort}>
                {cohort} ({viewers})
              </option>
            ))}
            {unknown && <option value={chosen.cohort}>{chosen.cohort}</option>}
          </select>
        </label>
      </DayRange>
      <p className="muted small">
        Viewers are chosen by the day of their first view; all that they ever watched of the lesson is counted.
      </p>
    </section>
  );
};
