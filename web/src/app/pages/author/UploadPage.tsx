import { useCallback, useState, type FormEvent } from 'react';
import { Link } from 'react-router';
import {
  ApiProblem,
  LessonCaptions,
  ProcessingState,
  useResource,
  useSeatimeApi,
  type Course,
  type LessonSummary,
} from '../../../seatime';
import { Failure, Loading, Notice } from '../../Notice';
import { VideoSource } from './VideoSource';
import { useSession } from '../../session';
import { useParam } from '../../useParam';
import { useTitle } from '../../useTitle';
import { whileProcessing } from '../../whileProcessing';
import { canManage } from '../../users';

export default function UploadPage() {
  const courseId = useParam('courseId');
  const api = useSeatimeApi();
  const { user } = useSession();
  const course = useResource(useCallback(() => api.course(courseId), [api, courseId]), whileProcessing);

  if (!canManage(user)) return <Notice title="Not for you" message="Only the course’s owner uploads videos." />;
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
        <Link to={`/courses/${course.id}`}>{course.title}</Link>
      </p>
      <h1>Upload a video</h1>
      <div className="card">
        <h2>1. Choose the lesson</h2>
        {lessons.length > 0 && <LessonChoice lessons={lessons} chosen={lessonId} onChoose={setLessonId} />}
        <NewLesson
          courseId={course.id}
          position={Math.max(0, ...lessons.map((candidate) => candidate.position)) + 1}
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
  <fieldset className="choices">
    <legend className="visually-hidden">Lesson</legend>
    {lessons.map((lesson) => (
      <label key={lesson.id} className="choice">
        <input
          type="radio"
          name="lesson"
          value={lesson.id}
          checked={lesson.id === chosen}
          onChange={() => onChoose(lesson.id)}
        />
        <span className="lesson-title">{lesson.title}</span>
        <ProcessingState status={lesson.processingStatus} duration={lesson.duration} brief />
      </label>
    ))}
  </fieldset>
);

interface NewLessonProps {
  courseId: string;
  position: number;
  onCreated: (id: string) => void;
}

const NewLesson = ({ courseId, position, onCreated }: NewLessonProps) => {
  const api = useSeatimeApi();
  const [title, setTitle] = useState('');
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const create = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    const id = `lesson-${crypto.randomUUID()}`;
    try {
      await api.putLesson(courseId, id, { title: title.trim(), position });
      setTitle('');
      onCreated(id);
    } catch (error) {
      setFailure(error instanceof ApiProblem ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="inline" onSubmit={(event) => void create(event)}>
      <label className="field">
        <span>Or create one</span>
        <input
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          placeholder="Title of the new lesson"
          maxLength={200}
          required
        />
      </label>
      <button type="submit" className="button" disabled={busy}>
        Create
      </button>
      {failure !== undefined && (
        <p role="alert" className="bad">
          {failure}
        </p>
      )}
    </form>
  );
};
