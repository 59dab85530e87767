import { useCallback, useState } from 'react';
import { Link } from 'react-router';
import {
  LessonCaptions,
  ProcessingState,
  useResource,
  useSeatimeApi,
  type Course,
  type LessonSummary,
} from '../../../seatime';
import { Failure, Loading } from '../../Notice';
import { NewLesson } from './NewLesson';
import { VideoSource } from './VideoSource';
import styles from './author.module.css';
import { useParam } from '../../useParam';
import { useTitle } from '../../useTitle';
import { whileProcessing } from '../../whileProcessing';

export default function UploadPage() {
  const courseId = useParam('courseId');
  const api = useSeatimeApi();
  const course = useResource(useCallback(() => api.course(courseId), [api, courseId]), whileProcessing);

  if (course.data !== undefined) return <Upload course={course.data} reload={course.reload} />;
  if (course.problem !== undefined) return <Failure problem={course.problem} onRetry={course.reload} />;
  return <Loading what="Loading the course" />;
}

const Upload = ({ course, reload }: { course: Course; reload: () => void }) => {
  useTitle(`Upload · ${course.title}`);
  const lessons = [...course.lessons].sort((a, b) => a.position - b.position);
  const [lessonId, setLessonId] = useState(lessons.find((lesson) => lesson.processingStatus === 'pending')?.id);
  const lesson = lessons.find((candidate) => candidate.id === lessonId);

  return (
    <div className="page narrow-page">
      <p className="crumbs">
        <Link to={`/courses/${course.id}/manage`}>{course.title}</Link>
      </p>
      <h1>Upload a video</h1>
      <div className="card">
        <h2>1. Choose the lesson</h2>
        {lessons.length > 0 && <LessonChoice lessons={lessons} chosen={lessonId} onChoose={setLessonId} />}
        <NewLesson
          courseId={course.id}
          position={Math.max(0, ...lessons.map((candidate) => candidate.position)) + 1}
          label="Or create one"
          onCreated={(id) => {
            setLessonId(id);
            reload();
          }}
        />
      </div>
      <div className="card">
        <h2>2. Upload its video</h2>
        {lesson === undefined ? (
          <p className="muted">Choose a lesson first.</p>
        ) : (
          <>
            <VideoSource lessonId={lesson.id} onUploadComplete={reload} />
            {lesson.processingStatus === 'ready' && (
              <p className="links">
                <Link to={`/courses/${course.id}/lessons/${lesson.id}`}>Watch “{lesson.title}”</Link>
                <Link to={`/courses/${course.id}/lessons/${lesson.id}/edit`}>Its rules and captions</Link>
                <Link to={`/dashboard/lessons/${lesson.id}`}>Its dashboard</Link>
              </p>
            )}
          </>
        )}
      </div>
      {lesson !== undefined && lesson.processingStatus !== 'pending' && (
        <div className="card">
          <h2>3. Its captions</h2>
          <LessonCaptions key={lesson.id} lessonId={lesson.id} />
        </div>
      )}
    </div>
  );
};

interface LessonChoiceProps {
  lessons: readonly LessonSummary[];
  chosen: string | undefined;
  onChoose: (id: string) => void;
}

const LessonChoice = ({ lessons, chosen, onChoose }: LessonChoiceProps) => (
  <fieldset className={styles.picks}>
    <legend className="visually-hidden">Lesson</legend>
    {lessons.map((lesson) => (
      <label key={lesson.id} className={styles.option}>
        <input
          type="radio"
          name="lesson"
          value={lesson.id}
          checked={lesson.id === chosen}
          onChange={() => onChoose(lesson.id)}
        />
        <span className={styles.name}>{lesson.title}</span>
        <ProcessingState status={lesson.processingStatus} duration={lesson.duration} brief />
      </label>
    ))}
  </fieldset>
);
