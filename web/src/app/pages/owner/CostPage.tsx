/** What a course's videos cost this month, and what they may cost. */
import { useCallback } from 'react';
import { shown, useResource, useSeatimeApi } from '../../../seatime';
import type { CourseCost } from '../../../seatime/api/owner-types';
import { Table } from '../../../seatime/ui/Table';
import { useParam } from '../../useParam';
import { BudgetSection } from './BudgetSection';
import { CourseHead } from './CourseHead';
import { Loaded } from './Loaded';
import { Assumptions, Month } from './MonthOfCost';
import { minutes, usd } from './words';
import styles from './owner.module.css';

export default function CostPage() {
  const courseId = useParam('courseId');
  const api = useSeatimeApi();
  const cost = useResource(useCallback(() => api.owners.cost(courseId), [api, courseId]));
  return (
    <div className="page">
      <CourseHead courseId={courseId} page="Cost" />
      <Loaded resource={cost} what="Adding up the month" lines={6}>
        {(found) => (
          <>
            <Month cost={found} />
            <BudgetSection save={(budget) => api.owners.setBudget(courseId, budget)} budget={found.budget} />
            <Lessons cost={found} />
            <Assumptions cost={found} />
          </>
        )}
      </Loaded>
    </div>
  );
}

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
