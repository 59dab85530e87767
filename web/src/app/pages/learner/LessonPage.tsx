import { useCallback, useEffect, useState } from 'react';
import { Link, useParams } from 'react-router';
import {
  CompletionStatus,
  Transcript,
  UnifiedVideoPlayer,
  WatchedStrip,
  useLessonProgress,
  useResource,
  useSeatimeApi,
  type Course,
  type CourseProgress,
  type LessonSummary,
  type PlayerHandle,
} from '../../../seatime';
import { LessonList } from './LessonList';
import { Failure, Loading, Notice } from '../../Notice';
import { useSession } from '../../session';
import { useParam } from '../../useParam';
import { whileProcessing } from '../../whileProcessing';
import { useTitle } from '../../useTitle';
import { canManage, type User } from '../../users';

export default function LessonPage() {
  const courseId = useParam('courseId');
  const api = useSeatimeApi();
  const course = useResource(useCallback(() => api.course(courseId), [api, courseId]), whileProcessing);
  const progress = useResource(useCallback(() => api.courseProgress(courseId), [api, courseId]));
  const { lessonId } = useParams();
  const { user } = useSession();

  if (course.data === undefined) {
    if (course.problem !== undefined) return <Failure problem={course.problem} onRetry={course.reload} />;
    return <Loading what="Loading the course" />;
  }
  const lessons = [...course.data.lessons].sort((a, b) => a.position - b.position);
  const preview = isPreview(user, course.data);
  const lesson = lessons.find((candidate) => candidate.id === lessonId) ?? lessons[0];
  if (lesson === undefined) return <EmptyCourse course={course.data} />;
  if (lessonId !== undefined && lesson.id !== lessonId) {
    return <Notice title="Not found" message="This course has no such lesson." />;
  }
  return (
    <div className="page course">
      <CourseHead course={course.data} progress={progress.data} />
      <Lesson key={lesson.id} lesson={lesson} preview={preview} onChange={progress.reload} />
      <LessonList courseId={courseId} lessons={lessons} current={lesson.id} progress={preview ? undefined : progress.data} />
    </div>
  );
}

/** Watching one's own course, or any as an admin, is not counted. */
const isPreview = (user: User | null, course: Course): boolean =>
  user !== null && (user.role === 'admin' || user.id === course.ownerId);

const CourseHead = ({ course, progress }: { course: Course; progress: CourseProgress | undefined }) => {
  const { user } = useSession();
  return (
    <div className="course-head">
      <h1>{course.title}</h1>
      {progress?.complete && <span className="pill good">Course complete</span>}
      {canManage(user) && (
        <p className="links">
          <Link to={`/courses/${course.id}/upload`}>Upload</Link>
          <Link to={`/dashboard/courses/${course.id}`}>Dashboard</Link>
        </p>
      )}
    </div>
  );
};

const EmptyCourse = ({ course }: { course: Course }) => {
  const { user } = useSession();
  return (
    <div className="page">
      <h1>{course.title}</h1>
      <Notice title="No lessons yet">
        {canManage(user) && <Link to={`/courses/${course.id}/upload`}>Upload the first one</Link>}
      </Notice>
    </div>
  );
};

interface LessonProps {
  lesson: LessonSummary;
  preview: boolean;
  onChange: () => void;
}

const Lesson = ({ lesson, preview, onChange }: LessonProps) => {
  useTitle(lesson.title);
  const { user } = useSession();
  const [position, setPosition] = useState<number>();
  const [player, setPlayer] = useState<PlayerHandle | null>(null);
  const { data: progress, changed } = useLessonProgress(lesson.id);
  const coverage = progress?.coverage;
  const duration = progress?.duration ?? lesson.duration;

  useEffect(() => {
    if (coverage !== undefined) onChange();
  }, [coverage, onChange]);

  return (
    <section className="lesson" aria-label={lesson.title}>
      <UnifiedVideoPlayer
        lesson={lesson}
        {...(user ? { viewerId: user.id } : {})}
        onProgress={setPosition}
        onAccepted={changed}
        onPlayer={setPlayer}
      />
      <h2>{lesson.title}</h2>
      {preview && <p className="muted small">A preview: what you watch here is not counted.</p>}
      {!preview && progress !== undefined && duration !== null && duration > 0 && (
        <WatchedStrip
          covered={progress.covered}
          duration={duration}
          coverage={progress.coverage}
          threshold={progress.threshold}
          position={position}
        />
      )}
      {!preview && progress !== undefined && <CompletionStatus progress={progress} />}
      {player !== null && <Transcript player={player} />}
    </section>
  );
};
