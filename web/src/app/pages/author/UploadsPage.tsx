/** Any file from one place, and the lessons whose videos are missing, on their way or failed. */
import { useCallback, useState } from 'react';
import { Link } from 'react-router';
import {
  ProcessingState,
  SmartUploader,
  useResource,
  useSeatimeApi,
  type Course,
  type CourseSummary,
  type LessonSummary,
  type SeatimeApi,
} from '../../../seatime';
import { Failure, Notice, Skeleton } from '../../Notice';
import { useCourses } from '../../useCourses';
import { useTitle } from '../../useTitle';
import styles from './author.module.css';

export default function UploadsPage() {
  useTitle('Uploads');
  const { data, problem, reload } = useCourses();
  return (
    <div className="page narrow-page">
      <h1>Uploads</h1>
      {data !== undefined && <Uploads courses={data} />}
      {data === undefined && problem !== undefined && <Failure problem={problem} onRetry={reload} />}
      {data === undefined && problem === undefined && <Skeleton what="Loading the courses" lines={5} />}
    </div>
  );
}

interface Waiting {
  course: Course;
  lesson: LessonSummary;
}

const POLL_MS = 5_000;
/** Of an administrator's courses the first: what is open elsewhere is on its course's page. */
const MOST = 30;

const Uploads = ({ courses }: { courses: readonly CourseSummary[] }) => {
  const api = useSeatimeApi();
  const [lessonId, setLessonId] = useState('');
  const { data, problem, reload } = useResource(
    useCallback(() => all(api, courses.slice(0, MOST)), [api, courses]),
    { pollEvery: (found) => (found.some(isMoving) ? POLL_MS : null) },
  );
  const open = data?.filter(({ lesson }) => lesson.processingStatus !== 'ready') ?? [];
  return (
    <>
      <section className={`card ${styles.stack}`} aria-labelledby="upload-any">
        <h2 id="upload-any">Upload a file</h2>
        <label className={styles.pick}>
          <span>For the lesson (a video needs one)</span>
          <select className={styles.select} value={lessonId} onChange={(event) => setLessonId(event.target.value)} data-testid="upload-lesson">
            <option value="">No lesson: store it as a file</option>
            {courses.map((course) => {
              const some = data?.filter((one) => one.course.id === course.id) ?? [];
              if (some.length === 0) return null;
              return (
                <optgroup key={course.id} label={course.title}>
                  {some.map(({ lesson }) => (
                    <option key={lesson.id} value={lesson.id}>
                      {lesson.title}
                      {lesson.processingStatus === 'ready' ? ' (has a video)' : ''}
                    </option>
                  ))}
                </optgroup>
              );
            })}
          </select>
        </label>
        <SmartUploader key={lessonId} lessonId={lessonId === '' ? undefined : lessonId} onUploadComplete={reload} />
      </section>
      <section aria-labelledby="without-video">
        <h2 id="without-video">Lessons without a video</h2>
        {data === undefined && problem === undefined && <Skeleton what="Looking for them" lines={3} />}
        {data === undefined && problem !== undefined && <Failure problem={problem} onRetry={reload} />}
        {data !== undefined && open.length === 0 && (
          <Notice title="All lessons have their video" message="New ones are added on their course’s page." />
        )}
        {open.length > 0 && <Open open={open} />}
      </section>
    </>
  );
};

const Open = ({ open }: { open: readonly Waiting[] }) => (
  <ul className={`${styles.lessons} ${styles.below}`}>
    {open.map(({ course, lesson }) => (
      <li key={lesson.id} className={styles.lesson}>
        <span className={styles.standing}>
          <span className={styles.name}>
            <Link to={`/courses/${course.id}/lessons/${lesson.id}/edit`}>{lesson.title}</Link>
            <span className="muted small">{course.title}</span>
          </span>
          <ProcessingState status={lesson.processingStatus} brief />
        </span>
      </li>
    ))}
  </ul>
);

const isMoving = ({ lesson }: Waiting): boolean => lesson.processingStatus === 'processing';

const all = async (api: SeatimeApi, courses: readonly CourseSummary[]): Promise<Waiting[]> => {
  const read = await Promise.all(courses.map(({ id }) => api.course(id)));
  return read.flatMap((course) =>
    [...course.lessons].sort((a, b) => a.position - b.position).map((lesson) => ({ course, lesson })),
  );
};
