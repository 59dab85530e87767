/** What a month has cost so far, of a course or of the whole platform, and how that is reckoned. */
import { shown } from '../../../seatime';
import type { CourseCost } from '../../../seatime/api/owner-types';
import { Figures } from '../../Figures';
import { minutes, moment, monthName, usd } from './words';
import styles from './owner.module.css';

type MonthCost = Pick<
  CourseCost,
  'month' | 'monthToDate' | 'forecast' | 'perThousandVerifiedMinutes' | 'minutes' | 'assumptions' | 'asOf' | 'deliveredUntil'
>;

export const Month = ({ cost }: { cost: MonthCost }) => (
  <>
    <Figures
      figures={[
        { id: 'month', name: `${monthName(cost.month)}, so far`, value: usd(cost.monthToDate.total) },
        { id: 'forecast', name: 'Forecast for the month', value: usd(cost.forecast) },
        { id: 'per-thousand', name: 'Per 1,000 verified minutes', value: shown(cost.perThousandVerifiedMinutes, usd) },
        { id: 'verified', name: 'Verified minutes', value: minutes(cost.minutes.verified) },
      ]}
    />
    <section className={`card ${styles.stack}`} aria-labelledby="made-of">
      <h2 id="made-of">What it is made of</h2>
      <dl className={styles.facts}>
        <Part name="Delivery by Mux" amount={cost.monthToDate.delivery} quantity={minutes(cost.minutes.delivered)} />
        <Part name="Storage at Mux" amount={cost.monthToDate.storage} quantity={`${minutes(cost.minutes.storedNow)} now`} />
        <Part name="Encoding" amount={cost.monthToDate.encoding} />
        <Part name="Storage in S3" amount={cost.monthToDate.s3Storage} quantity={minutes(cost.minutes.s3Stored)} />
        <Part name="Transfer from S3" amount={cost.monthToDate.s3Transfer} quantity={minutes(cost.minutes.s3Watched)} />
      </dl>
    </section>
  </>
);

const Part = ({ name, amount, quantity }: { name: string; amount: number; quantity?: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      {usd(amount)} {quantity !== undefined && <span className="muted small">({quantity})</span>}
    </dd>
  </div>
);

export const Assumptions = ({ cost: { assumptions, asOf, deliveredUntil } }: { cost: MonthCost }) => (
  <section className={`card ${styles.stack}`} aria-labelledby="assumptions">
    <h2 id="assumptions">How this is reckoned</h2>
    <ul className={styles.plain}>
      {assumptions.map((one) => (
        <li key={one}>{one}</li>
      ))}
    </ul>
    <p className="muted small">
      As of {moment(asOf)}. {deliveredUntil === null ? 'Mux has not told yet what it delivered.' : `Mux told its deliveries ${moment(deliveredUntil)}.`}
    </p>
  </section>
);
