/** What a course's videos cost this month, and what they may cost. */
import { useCallback, useState } from 'react';
import { shown, useResource, useSeatimeApi } from '../../../seatime';
import type { CourseCost } from '../../../seatime/api/owner-types';
import { Table } from '../../../seatime/ui/Table';
import { Figures } from '../../Figures';
import { useParam } from '../../useParam';
import { BudgetSection } from './BudgetSection';
import { CourseHead } from './CourseHead';
import { Loaded } from './Loaded';
import { minutes, moment, usd } from './words';
import styles from './owner.module.css';

export default function CostPage() {
  const courseId = useParam('courseId');
  const api = useSeatimeApi();
  const [round, setRound] = useState(0);
  const cost = useResource(useCallback(() => api.owners.cost(courseId), [api, courseId]));
  return (
    <div className="page">
      <CourseHead courseId={courseId} page="Cost" />
      <Loaded resource={cost} what="Adding up the month" lines={6}>
        {(found) => (
          <>
            <Month cost={found} />
            <BudgetSection
              key={`${found.budget?.version ?? 0}/${round}`}
              courseId={courseId}
              budget={found.budget}
              onSet={() => {
                setRound((n) => n + 1);
                cost.reload();
              }}
            />
            <Lessons cost={found} />
            <Assumptions cost={found} />
          </>
        )}
      </Loaded>
    </div>
  );
}

const Month = ({ cost }: { cost: CourseCost }) => (
  <>
    <Figures
      figures={[
        { id: 'month', name: `${cost.month}, so far`, value: usd(cost.monthToDate.total) },
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

const Lessons = ({ cost: { lessons } }: { cost: CourseCost }) => (
  <section className={styles.stack} aria-labelledby="lesson-costs">
    <h2 id="lesson-costs">By lesson</h2>
    {lessons.length === 0 ? (
      <p className="muted">No lesson has cost anything this month.</p>
    ) : (
      <Table label="Cost by lesson" columns={['Lesson', 'So far', 'Forecast', 'Delivered', 'Stored now', 'Per 1,000 verified min']}>
        {lessons.map((lesson) => (
          <tr key={lesson.lessonId}>
            <th scope="row">
              {lesson.title}
              {lesson.deleted && <span className="muted"> (deleted)</span>}
            </th>
            <td>{usd(lesson.monthToDate.total)}</td>
            <td>{usd(lesson.forecast)}</td>
            <td>{minutes(lesson.minutes.delivered)}</td>
            <td>{minutes(lesson.minutes.storedNow)}</td>
            <td>{shown(lesson.perThousandVerifiedMinutes, usd)}</td>
          </tr>
        ))}
      </Table>
    )}
  </section>
);

const Assumptions = ({ cost: { assumptions, asOf, deliveredUntil } }: { cost: CourseCost }) => (
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
