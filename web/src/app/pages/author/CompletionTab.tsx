import { LessonRulesEditor, type Course, type LessonStatus } from '../../../seatime';
import { RulesPlayer } from './RulesPlayer';

interface CompletionTabProps {
  course: Course;
  lesson: LessonStatus;
  onSaved: () => void;
}

/** What completes the lesson, begun anew where its video is another. */
export default function CompletionTab({ course, lesson, onSaved }: CompletionTabProps) {
  return (
    <div className="card">
      <LessonRulesEditor
        key={`${lesson.id} ${lesson.videoRevision} ${lesson.duration}`}
        lesson={lesson}
        threshold={course.rules.completionThreshold}
        onSaved={onSaved}
        beside={(cursor, onCursor) => <RulesPlayer lesson={lesson} cursor={cursor} onCursor={onCursor} />}
      />
    </div>
  );
}
