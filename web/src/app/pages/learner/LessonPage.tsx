/** A lesson: its video, what of it counts as watched, why it is not complete, and what is said in it. */
import { useCallback, useEffect, useState } from 'react';
import { Link } from 'react-router';
import {
  CompletionStatus,
  Transcript,
  UnifiedVideoPlayer,
  Unwatched,
  WatchedStrip,
  seekTo,
  useLessonProgress,
  useResource,
  useSeatimeApi,
  type LessonSummary,
  type PlayerHandle,
} from '../../../seatime';
import { buttonClass } from '../../../seatime/ui/Button';
import { Notice, PageFailure, Skeleton } from '../../Notice';
import { useSession } from '../../session';
import { useParam } from '../../useParam';
import { useTitle } from '../../useTitle';
import { whileProcessing } from '../../whileProcessing';
import { LessonList } from './LessonList';
import styles from './course.module.css';
import { after, isPreview, standings, type LessonStanding } from './standing';

export default function LessonPage() {
  const courseId = useParam('courseId');
  const lessonId = useParam('lessonId');
  const api = useSeatimeApi();
  const course = useResource(useCallback(() => api.course(courseId), [api, courseId]), whileProcessing);
  const progress = useResource(useCallback(() => api.courseProgress(courseId), [api, courseId]));
  const { user } = useSession();

  if (course.data === undefined) {
    if (course.problem !== undefined) return <PageFailure problem={course.problem} onRetry={course.reload} />;
    return <Coming />;
  }
  const preview = isPreview(user, course.data);
  const known = preview ? undefined : progress.data;
  const lessons = standings(course.data, known);
  const current = lessons.find(({ lesson }) => lesson.id === lessonId)?.lesson;
  if (current === undefined) {
    return (
      <Notice alert whole title="Not found" message={`“${course.data.title}” has no such lesson.`}>
        <Link className={buttonClass()} to={`/courses/${courseId}`}>
          All its lessons
        </Link>
      </Notice>
    );
  }
  return (
    <div className="page course">
      <p className="crumbs">
        <Link to={`/courses/${courseId}`}>{course.data.title}</Link>
        {known?.complete && <span className="pill good">Course complete</span>}
      </p>
      <Lesson
        key={current.id}
        lesson={current}
        preview={preview}
        onChange={progress.reload}
        next={after(lessons, current.id)}
        courseId={courseId}
      />
      <LessonList courseId={courseId} lessons={lessons} current={current.id} counted={!preview} />
    </div>
  );
}

/** What the page will be, at the size that it will have. */
const Coming = () => (
  <div className="page course" role="status" data-loading="" aria-label="Loading the lesson…">
    <p className="crumbs">&nbsp;</p>
    <div className="lesson">
      <div className={styles.screen} />
      <Skeleton what="Loading the lesson" lines={2} />
    </div>
  </div>
);

interface LessonProps {
  courseId: string;
  lesson: LessonSummary;
  next: LessonStanding | undefined;
  preview: boolean;
  onChange: () => void;
}

const Lesson = ({ courseId, lesson, next, preview, onChange }: LessonProps) => {
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
      <div className={styles.lessonHead}>
        <h1>{lesson.title}</h1>
        {next !== undefined && (
          <Link className={`${styles.toNext} ${buttonClass('plain', true)}`} to={`/courses/${courseId}/lessons/${next.lesson.id}`}>
            <span>Next: {next.lesson.title}</span>
          </Link>
        )}
      </div>
      {preview && <p className="muted small">A preview: what you watch here is not counted.</p>}
      {!preview && progress !== undefined && duration !== null && duration > 0 && (
        <WatchedStrip
          covered={progress.covered}
          duration={duration}
          coverage={progress.coverage}
          threshold={progress.threshold}
          required={progress.requiredSegments}
          position={position}
        />
      )}
      {!preview && progress !== undefined && duration !== null && player !== null && (
        <Unwatched
          covered={progress.covered}
          duration={duration}
          lockedFrom={progress.seekLocked ? progress.frontier : null}
          onSeek={(seconds) => seekTo(player, seconds)}
        />
      )}
      {!preview && progress !== undefined && <CompletionStatus progress={progress} />}
      {player !== null && <Transcript player={player} />}
    </section>
  );
};
