/** A course as its learner finds it: how far one is, what is missing, and where to go on. */
import { useCallback } from 'react';
import { Link } from 'react-router';
import {
  clock,
  EnrollmentNotice,
  mayWatch,
  useOwnEnrollment,
  useResource,
  useSeatimeApi,
  type Course,
  type CourseProgress,
  type KnownEnrollment,
} from '../../../seatime';
import { buttonClass } from '../../../seatime/ui/Button';
import { Meter } from '../../../seatime/ui/Meter';
import { Notice, PageFailure, Skeleton } from '../../Notice';
import { useSession } from '../../session';
import { useParam } from '../../useParam';
import { useTitle } from '../../useTitle';
import { canManage } from '../../users';
import { whileProcessing } from '../../whileProcessing';
import { LessonRow } from './LessonRow';
import { countRequired, isPreview, nextOf, standings, type LessonStanding } from './standing';
import styles from './course.module.css';

export default function CoursePage() {
  const courseId = useParam('courseId');
  const api = useSeatimeApi();
  const course = useResource(useCallback(() => api.course(courseId), [api, courseId]), whileProcessing);
  const progress = useResource(useCallback(() => api.courseProgress(courseId), [api, courseId]));

  const enrollment = useOwnEnrollment(courseId);

  const settled = !progress.loading && !enrollment.loading; // so that nothing jumps
  if (course.data !== undefined && settled) {
    return <Outline course={course.data} progress={progress.data} enrollment={enrollment.data} />;
  }
  if (course.problem !== undefined) return <PageFailure problem={course.problem} onRetry={course.reload} />;
  return (
    <div className="page">
      <Skeleton what="Loading the course" lines={6} />
    </div>
  );
}

interface OutlineProps {
  course: Course;
  progress: CourseProgress | undefined;
  enrollment: KnownEnrollment | undefined;
}

const Outline = ({ course, progress, enrollment }: OutlineProps) => {
  useTitle(course.title);
  const { user } = useSession();
  const preview = isPreview(user, course);
  const lessons = standings(course, preview ? undefined : progress);
  return (
    <div className="page">
      <div className="course-head">
        <h1>{course.title}</h1>
        {!course.published && <span className="pill">Not published</span>}
        {canManage(user) && (
          <p className="links">
            <Link to={`/courses/${course.id}/upload`}>Upload</Link>
            <Link to={`/dashboard/courses/${course.id}`}>Dashboard</Link>
          </p>
        )}
      </div>
      {enrollment !== undefined && !preview && <EnrollmentNotice {...enrollment} />}
      {lessons.length === 0 ? (
        <Notice title="No lessons yet" message="They appear here as soon as there are some.">
          {canManage(user) && (
            <Link className={buttonClass('primary')} to={`/courses/${course.id}/upload`}>
              Add the first one
            </Link>
          )}
        </Notice>
      ) : (
        <>
          {preview ? (
            <p className="muted small">You see the course as its learners do. What you watch here is not counted.</p>
          ) : (
            progress !== undefined && (
              <Standing courseId={course.id} progress={progress} lessons={lessons} open={mayWatch(enrollment?.own)} />
            )
          )}
          <section aria-labelledby="lessons">
            <h2 id="lessons" className={styles.heading}>
              Lessons
            </h2>
            <ol className={styles.lessons}>
              {lessons.map((one, index) => (
                <LessonRow key={one.lesson.id} courseId={course.id} number={index + 1} standing={one} counted={!preview} />
              ))}
            </ol>
          </section>
        </>
      )}
    </div>
  );
};

interface StandingProps {
  courseId: string;
  progress: CourseProgress;
  lessons: readonly LessonStanding[];
  /** Whether its lessons may be watched now. */
  open: boolean;
}

/** How far the course is, and what is missing, in the server's words. */
const Standing = ({ courseId, progress, lessons, open }: StandingProps) => {
  const { done, of } = countRequired(lessons);
  const next = open ? nextOf(lessons) : undefined;
  return (
    <section
      className={`card ${styles.standing}`}
      aria-label="Your progress"
      data-testid="course-standing"
      data-complete={progress.complete}
    >
      <div className={styles.figures}>
        <p className={styles.lead}>
          {progress.complete ? (
            <span className={styles.done}>✓ Course complete</span>
          ) : (
            <>
              {done} of {of} required lessons complete
            </>
          )}
        </p>
        <Meter
          label="Required lessons complete"
          value={of === 0 ? 0 : done / of}
          spoken={`${done} of ${of}`}
          done={progress.complete}
        />
        {(progress.minVerified ?? 0) > 0 && <Verified progress={progress} />}
        {progress.reasons.length > 0 && (
          <ul className={styles.reasons}>
            {progress.reasons.map((reason) => (
              <li key={reason.code} data-testid="course-reason" data-code={reason.code}>
                {reason.message}
              </li>
            ))}
          </ul>
        )}
      </div>
      {next !== undefined && (
        <div className={styles.next}>
          <p className={styles.nextTitle}>{next.lesson.title}</p>
          <Link className={buttonClass('primary')} to={`/courses/${courseId}/lessons/${next.lesson.id}`}>
            {next.state === 'begun' ? 'Continue' : done === 0 ? 'Start' : 'Next lesson'}
            <span className="visually-hidden">: {next.lesson.title}</span>
          </Link>
        </div>
      )}
    </section>
  );
};

const Verified = ({ progress }: { progress: CourseProgress }) => (
  <p className="muted small">
    {clock(progress.verified ?? 0)} of {clock(progress.minVerified ?? 0)} verified watching time
  </p>
);
