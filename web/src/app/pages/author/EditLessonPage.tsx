/** A lesson for who made it: its video, what completes it, its captions, and what it is called. */
import { Suspense, lazy, useCallback, useState, type ReactNode } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import {
  ProcessingState,
  useLessonEvents,
  useResource,
  useSeatimeApi,
  type Course,
  type LessonStatus,
} from '../../../seatime';
import { Button } from '../../../seatime/ui/Button';
import { Tabs } from '../../../seatime/ui/Tabs';
import { Failure, Notice, Skeleton } from '../../Notice';
import { useParam } from '../../useParam';
import { useTitle } from '../../useTitle';
import { DeleteLesson } from './DeleteLesson';
import { LessonVideo } from './LessonVideo';
import styles from './author.module.css';

const CompletionTab = lazy(() => import('./CompletionTab'));
const CaptionsTab = lazy(() => import('./CaptionsTab'));
const LessonDetails = lazy(() => import('./LessonDetails'));

/** Fetched when its tab is chosen. */
const part = (content: ReactNode): ReactNode => (
  <Suspense fallback={<Skeleton what="Loading" lines={5} />}>{content}</Suspense>
);

export default function EditLessonPage() {
  const lessonId = useParam('lessonId');
  const courseId = useParam('courseId');
  const api = useSeatimeApi();
  const course = useResource(useCallback(() => api.course(courseId), [api, courseId]));
  const lesson = useResource(useCallback(() => api.lesson(lessonId), [api, lessonId]));
  useLessonEvents(lessonId, lesson.reload);

  const problem = lesson.data === undefined ? (lesson.problem ?? course.problem) : undefined;
  if (problem !== undefined) return <Failure problem={problem} onRetry={lesson.reload} />;
  if (lesson.data === undefined || course.data === undefined) {
    return (
      <div className="page">
        <Skeleton what="Loading the lesson" lines={6} />
      </div>
    );
  }
  if (lesson.data.courseId !== courseId) return <Notice alert title="Not found" message="This course has no such lesson." />;
  return <Edit course={course.data} lesson={lesson.data} reload={lesson.reload} />;
}

interface EditProps {
  course: Course;
  lesson: LessonStatus;
  reload: () => void;
}

const Edit = ({ course, lesson, reload }: EditProps) => {
  useTitle(`Edit · ${lesson.title}`);
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const [deleting, setDeleting] = useState(false);
  return (
    <div className="page">
      <p className="crumbs">
        <Link to={`/courses/${course.id}/manage`}>{course.title}</Link>
      </p>
      <div className="page-head">
        <div className={styles.title}>
          <h1>{lesson.title}</h1>
          <ProcessingState status={lesson.processingStatus} error={lesson.error} duration={lesson.duration} />
        </div>
        <p className="links">
          <Link to={`/courses/${course.id}/lessons/${lesson.id}`}>View</Link>
          <Link to={`/dashboard/lessons/${lesson.id}`}>Dashboard</Link>
          <Button kind="quiet" onClick={() => setDeleting(true)}>
            Delete…
          </Button>
        </p>
      </div>
      <Tabs
        label="The lesson"
        value={search.get('tab') ?? 'video'}
        onChange={(tab) => setSearch({ tab }, { replace: true })}
        tabs={[
          { value: 'video', label: 'Video', content: <LessonVideo lesson={lesson} onUploaded={reload} /> },
          {
            value: 'completion',
            label: 'Completion',
            content: part(<CompletionTab course={course} lesson={lesson} onSaved={reload} />),
          },
          { value: 'captions', label: 'Captions', content: part(<CaptionsTab lesson={lesson} />) },
          { value: 'details', label: 'Details', content: part(<LessonDetails lesson={lesson} onSaved={reload} />) },
        ]}
      />
      <DeleteLesson
        courseId={course.id}
        lesson={deleting ? lesson : undefined}
        onClose={() => setDeleting(false)}
        onDeleted={() => void navigate(`/courses/${course.id}/manage`, { replace: true })}
      />
    </div>
  );
};
