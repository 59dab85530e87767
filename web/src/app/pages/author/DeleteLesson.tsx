import { useState } from 'react';
import { asProblem, useSeatimeApi } from '../../../seatime';
import { Confirm } from '../../../seatime/ui/Dialog';

interface DeleteLessonProps {
  courseId: string;
  /** The one that is to go; nothing is asked without. */
  lesson: { id: string; title: string; duration: number | null } | undefined;
  onClose: () => void;
  onDeleted: () => void;
}

/** Says what goes with a lesson, and what stays, before it does. */
export const DeleteLesson = ({ courseId, lesson, onClose, onDeleted }: DeleteLessonProps) => {
  const api = useSeatimeApi();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const close = () => {
    setProblem(undefined);
    onClose();
  };
  const confirm = async () => {
    if (lesson === undefined) return;
    setBusy(true);
    try {
      await api.deleteLesson(courseId, lesson.id);
      setProblem(undefined);
      onDeleted();
    } catch (error) {
      setProblem(asProblem(error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Confirm
      open={lesson !== undefined}
      onClose={close}
      title={`Delete “${lesson?.title ?? ''}”?`}
      action="Delete the lesson"
      onConfirm={() => void confirm()}
      busy={busy}
      problem={problem}
    >
      <p>This can’t be undone. With the lesson go:</p>
      <ul>
        {lesson?.duration != null && <li>its video, from the video platform and from storage</li>}
        <li>its captions</li>
        <li>its place in the course: learners no longer need it to complete the course</li>
      </ul>
      <p>The evidence of who completed it stays on record.</p>
    </Confirm>
  );
};
