/** A learner's first page: the courses that are theirs, and under them the others that there are. */
import { useCallback } from 'react';
import { Link } from 'react-router';
import {
  EnrollmentPill,
  mayWatch,
  useResource,
  useSeatimeApi,
  type CourseProgress,
  type CourseSummary,
  type KnownEnrollment,
} from '../../../seatime';
import { Meter } from '../../../seatime/ui/Meter';
import { Notice, Skeleton } from '../../Notice';
import { useOwnEnrollments, type EnrollmentIn } from './useOwnEnrollments';
import styles from './courses.module.css';

export const LearnedCourses = ({ courses }: { courses: readonly CourseSummary[] }) => {
  const enrollmentIn = useOwnEnrollments();
  if (enrollmentIn === null) return <Skeleton what="Loading the courses" lines={4} />;
  const isMine = (course: CourseSummary) => enrollmentIn(course)?.own.standing !== 'none';
  const mine = courses.filter(isMine);
  const others = courses.filter((course) => !isMine(course));
  return (
    <>
      {mine.length > 0 ? (
        <Cards courses={mine} enrollmentIn={enrollmentIn} heading="h2" />
      ) : (
        <Notice title="You are not enrolled in a course yet" message="Whoever runs a course enrols you; it appears here then." />
      )}
      {others.length > 0 && (
        <section aria-labelledby="others" className={styles.others}>
          <h2 id="others">Other courses</h2>
          <Cards courses={others} enrollmentIn={enrollmentIn} heading="h3" />
        </section>
      )}
    </>
  );
};

interface CardsProps {
  courses: readonly CourseSummary[];
  enrollmentIn: EnrollmentIn;
  /** Of each card, by what it stands under. */
  heading: 'h2' | 'h3';
}

const Cards = ({ courses, enrollmentIn, heading }: CardsProps) => (
  <ul className="cards">
    {courses.map((course) => (
      <li key={course.id} className={`card ${styles.card}`}>
        <CourseCard course={course} enrollment={enrollmentIn(course)} heading={heading} />
      </li>
    ))}
  </ul>
);

interface CourseCardProps {
  course: CourseSummary;
  enrollment: KnownEnrollment | undefined;
  heading: 'h2' | 'h3';
}

const CourseCard = ({ course, enrollment, heading: Heading }: CourseCardProps) => {
  const api = useSeatimeApi();
  const { data } = useResource(useCallback(() => api.courseProgress(course.id), [api, course.id]));
  const hasBegun = data?.lessons.some(({ coverage, complete }) => complete || coverage > 0) ?? false;
  return (
    <>
      <Heading className={styles.title}>
        <Link to={`/courses/${course.id}`}>{course.title}</Link>
      </Heading>
      <div className={styles.standing}>
        {(hasBegun || mayWatch(enrollment?.own)) && (
          <div className={styles.share}>{data !== undefined && <Share progress={data} />}</div>
        )}
        {enrollment !== undefined && <EnrollmentPill {...enrollment} />}
      </div>
    </>
  );
};

const Share = ({ progress }: { progress: CourseProgress }) => {
  const required = progress.lessons.filter((lesson) => lesson.required);
  const done = required.filter((lesson) => lesson.complete).length;
  const told = progress.complete ? '✓ Complete' : `${done} of ${required.length} required lessons complete`;
  return (
    <>
      <Meter
        label="Required lessons complete"
        value={required.length === 0 ? 0 : done / required.length}
        spoken={told}
        done={progress.complete}
      />
      <p className={progress.complete ? 'good small' : 'muted small'}>{told}</p>
    </>
  );
};
