/** What all videos cost this month, course by course, and what they may cost. */
import { useCallback } from 'react';
import { Link } from 'react-router';
import { shown, useResource, useSeatimeApi } from '../../../seatime';
import type { PlatformCost } from '../../../seatime/api/admin';
import { Table } from '../../../seatime/ui/Table';
import { BudgetSection } from '../owner/BudgetSection';
import { Assumptions, Month } from '../owner/MonthOfCost';
import { Loaded } from '../owner/Loaded';
import { minutes, usd } from '../owner/words';
import { AdminHead } from './AdminHead';
import styles from './admin.module.css';

export default function PlatformCostPage() {
  const api = useSeatimeApi();
  const cost = useResource(useCallback(() => api.admin.platformCost(), [api]));
  return (
    <div className="page">
      <AdminHead title="Cost">Minutes that Mux stores and delivers, and gigabytes in S3, at the prices that are configured.</AdminHead>
      <Loaded resource={cost} what="Adding up the month" lines={6}>
        {(found) => (
          <>
            <Month cost={found} />
            <BudgetSection save={(budget) => api.admin.setPlatformBudget(budget)} budget={found.budget} />
            <Courses cost={found} />
            <Assumptions cost={found} />
          </>
        )}
      </Loaded>
    </div>
  );
}

const Courses = ({ cost: { courses } }: { cost: PlatformCost }) => (
  <section className={styles.stack} aria-labelledby="course-costs">
    <h2 id="course-costs">By course</h2>
    {courses.length === 0 ? (
      <p className="muted">No course has cost anything this month.</p>
    ) : (
      <Table label="Cost by course" columns={['Course', 'So far', 'Forecast', 'Delivered', 'Stored now', 'Per 1,000 verified min']}>
        {courses.map((course) => (
          <tr key={course.courseId} data-testid="course-cost">
            <th scope="row">
              <Link to={`/dashboard/courses/${course.courseId}/cost`}>{course.title ?? course.courseId}</Link>
            </th>
            <td>{usd(course.monthToDate.total)}</td>
            <td>{usd(course.forecast)}</td>
            <td>{minutes(course.minutes.delivered)}</td>
            <td>{minutes(course.minutes.storedNow)}</td>
            <td>{shown(course.perThousandVerifiedMinutes, usd)}</td>
          </tr>
        ))}
      </Table>
    )}
  </section>
);
