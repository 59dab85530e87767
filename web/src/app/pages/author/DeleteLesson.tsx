import { useSaving, useSeatimeApi } from '../../../seatime';
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
  const deleting = useSaving();
  const close = () => {
    deleting.clear();
    onClose();
  };
  const confirm = async () => {
    if (lesson === undefined) return;
    await api.deleteLesson(courseId, lesson.id);
    onDeleted();
  };
  return (
    <Confirm
      open={lesson !== undefined}
      onClose={close}
      title={`Delete “${lesson?.title ?? ''}”?`}
      action="Delete the lesson"
      onConfirm={() => void deleting.run(confirm)}
      busy={deleting.busy}
      problem={deleting.problem?.message}
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
