import { LessonCaptions, type LessonStatus } from '../../../seatime';
import { Notice } from '../../Notice';

export default function CaptionsTab({ lesson }: { lesson: LessonStatus }) {
  return (
    <div className="card">
      {lesson.processingStatus === 'ready' ? (
        <LessonCaptions lessonId={lesson.id} />
      ) : (
        <Notice title="No video yet" message="Captions belong to a video: they can be added once it is ready." />
      )}
    </div>
  );
}
