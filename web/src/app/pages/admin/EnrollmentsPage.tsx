/** Who has a right to a course: one by one, and many at once as a table. */
import { useCallback, useState } from 'react';
import { useSearchParams } from 'react-router';
import { useResource, useSaving, useSeatimeApi, type SeatimeApi } from '../../../seatime';
import type { Enrollment } from '../../../seatime/api/admin';
import { Button } from '../../../seatime/ui/Button';
import { Confirm } from '../../../seatime/ui/Dialog';
import { Menu } from '../../../seatime/ui/Menu';
import { Problem } from '../../../seatime/ui/Problem';
import { Table } from '../../../seatime/ui/Table';
import { Notice } from '../../Notice';
import { useCourses } from '../../useCourses';
import { Loaded } from '../owner/Loaded';
import { moment } from '../owner/words';
import { AdminHead } from './AdminHead';
import { BulkEnrollment } from './BulkEnrollment';
import { EnrollOne } from './EnrollOne';
import { Level } from './Level';
import styles from './admin.module.css';

export default function EnrollmentsPage() {
  const courses = useCourses();
  const [said, setSaid] = useSearchParams();
  const chosen = said.get('course') ?? '';
  return (
    <div className="page">
      <AdminHead title="Enrolments">Whoever is enrolled may watch the course; whoever is taken out is out within one token’s life.</AdminHead>
      <Loaded resource={courses} what="Reading the courses">
        {(found) =>
          found.length === 0 ? (
            <Notice title="No courses yet" message="Courses come from the learning platform, or from their authors." />
          ) : (
            <>
              <div className={styles.bar}>
                <label>
                  Course
                  <select value={chosen} onChange={(event) => setSaid({ course: event.target.value }, { replace: true })}>
                    <option value="" disabled>
                      Choose one
                    </option>
                    {found.map(({ id, title }) => (
                      <option key={id} value={id}>
                        {title}
                      </option>
                    ))}
                  </select>
                </label>
              </div>
              {found.some(({ id }) => id === chosen) ? (
                <OfCourse key={chosen} courseId={chosen} />
              ) : (
                <Notice title="Choose a course" message="Its learners are shown here." />
              )}
            </>
          )
        }
      </Loaded>
    </div>
  );
}

interface Page {
  enrollments: Enrollment[];
  next: string | null;
}

const OfCourse = ({ courseId }: { courseId: string }) => {
  const api = useSeatimeApi();
  const [pages, setPages] = useState(1);
  const enrollments = useResource(useCallback(() => firstPages(api, courseId, pages), [api, courseId, pages]));
  return (
    <>
      <EnrollOne courseId={courseId} onEnrolled={enrollments.reload} />
      <BulkEnrollment courseId={courseId} onSent={enrollments.reload} />
      <section className={styles.stack} aria-labelledby="enrolled">
        <h2 id="enrolled">Enrolled</h2>
        <Loaded resource={enrollments} what="Reading the enrolments">
          {({ enrollments: found, next }) =>
            found.length === 0 ? (
              <p className="muted">Nobody is enrolled yet.</p>
            ) : (
              <>
                <Enrolled found={found} courseId={courseId} onChanged={enrollments.reload} />
                {next !== null && (
                  <div>
                    <Button onClick={() => setPages(pages + 1)}>Show more</Button>
                  </div>
                )}
              </>
            )
          }
        </Loaded>
      </section>
    </>
  );
};

const firstPages = async (api: SeatimeApi, courseId: string, pages: number): Promise<Page> => {
  const found: Page = { enrollments: [], next: '' };
  for (let page = 0; page < pages && found.next !== null; page += 1) {
    const { enrollments, next } = await api.admin.enrollments(courseId, found.next);
    found.enrollments.push(...enrollments);
    found.next = next;
  }
  return found;
};

interface EnrolledProps {
  found: readonly Enrollment[];
  courseId: string;
  onChanged: () => void;
}

const Enrolled = ({ found, courseId, onChanged }: EnrolledProps) => {
  const api = useSeatimeApi();
  const [leaving, setLeaving] = useState<string>();
  const { busy, problem, run, clear } = useSaving();

  const change = (turn: () => Promise<unknown>) =>
    run(async () => {
      await turn();
      setLeaving(undefined);
      onChanged();
    });
  const stay = () => {
    clear();
    setLeaving(undefined);
  };
  const put = ({ learnerId, expiresAt }: Enrollment, status: 'active' | 'suspended') =>
    void change(() => api.admin.enroll(courseId, { learnerId, status, expiresAt }));

  return (
    <>
      {problem !== undefined && leaving === undefined && <Problem title="That did not work">{problem.message}</Problem>}
      <Table words label="Enrolled learners" columns={['Learner', 'State', 'Until', 'Cohort', 'Changed', 'Action']}>
          {found.map((one) => (
            <tr key={one.learnerId} data-testid="enrollment">
              <th scope="row">{one.learnerId}</th>
              <td>
                <Level tone={one.status === 'active' ? 'good' : 'warn'}>{one.status}</Level>
              </td>
              <td>{one.expiresAt === null ? 'no end' : moment(one.expiresAt)}</td>
              <td>{one.cohort ?? '–'}</td>
              <td>{moment(one.changedAt)}</td>
              <td>
                <Menu
                  label={`Change ${one.learnerId}`}
                  items={[
                    one.status === 'active'
                      ? { label: 'Suspend', onSelect: () => put(one, 'suspended'), disabled: busy }
                      : { label: 'Let in again', onSelect: () => put(one, 'active'), disabled: busy },
                    { label: 'Take out…', onSelect: () => setLeaving(one.learnerId), danger: true },
                  ]}
                >
                  Change
                </Menu>
              </td>
            </tr>
          ))}
      </Table>
      <Confirm
        open={leaving !== undefined}
        onClose={stay}
        title={`Take ${leaving ?? ''} out of the course?`}
        action="Take out"
        busy={busy}
        problem={problem?.message}
        onConfirm={() => leaving !== undefined && void change(() => api.admin.unenroll(courseId, leaving))}
      >
        <ul>
          <li>What is playing ends when its token does, within an hour as a rule; nothing new is handed out.</li>
          <li>Progress and completions stay. Enrolled again, the learner goes on from there.</li>
        </ul>
      </Confirm>
    </>
  );
};
