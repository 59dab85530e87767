import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useSaving, useSeatimeApi, type Course } from '../../../seatime';
import { Button } from '../../../seatime/ui/Button';
import { Check } from '../../../seatime/ui/Choice';
import { Confirm } from '../../../seatime/ui/Dialog';
import { Field, Input } from '../../../seatime/ui/Field';
import { SaveRow } from '../../../seatime/ui/SaveRow';
import styles from './author.module.css';

interface CourseSettingsProps {
  course: Course;
  onSaved: () => void;
}

export default function CourseSettings({ course, onSaved }: CourseSettingsProps) {
  const api = useSeatimeApi();
  const [title, setTitle] = useState(course.title);
  const [published, setPublished] = useState(course.published);
  const [open, setOpen] = useState(course.public);
  const saving = useSaving();
  const dirty = title.trim() !== course.title || published !== course.published || open !== course.public;
  const save = async () => {
    await api.putCourse(course.id, { title: title.trim(), published, public: open, rules: course.rules });
    onSaved();
  };
  return (
    <div className={styles.stack}>
      <form className={`card ${styles.stack}`} onSubmit={saving.submit(save)}>
        <Field label="Title" error={title.trim() === '' ? 'A course has a title.' : undefined}>
          <Input value={title} onChange={(event) => setTitle(event.currentTarget.value)} maxLength={200} />
        </Field>
        <Check
          label="Published"
          hint="Learners find it, and who is enrolled may watch."
          checked={published}
          onChange={setPublished}
        />
        <Check
          label="Public videos"
          hint="Videos that are uploaded from now on play without a signed address. Leave it off unless anybody may watch."
          checked={open}
          onChange={setOpen}
        />
        <SaveRow saving={saving} dirty={dirty} sound={title.trim() !== ''} />
      </form>
      <DeleteCourse course={course} />
    </div>
  );
}

const DeleteCourse = ({ course }: { course: Course }) => {
  const api = useSeatimeApi();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const deleting = useSaving();
  const close = () => {
    deleting.clear();
    setAsking(false);
  };
  const confirm = async () => {
    await api.deleteCourse(course.id);
    await navigate('/', { replace: true });
  };
  const lessons = course.lessons.length === 1 ? 'its lesson' : `its ${course.lessons.length} lessons`;
  return (
    <div className={`card ${styles.row}`}>
      <span>Delete the course, {lessons} and all videos.</span>
      <Button onClick={() => setAsking(true)}>Delete the course…</Button>
      <Confirm
        open={asking}
        onClose={close}
        title={`Delete “${course.title}”?`}
        action="Delete the course"
        onConfirm={() => void deleting.run(confirm)}
        busy={deleting.busy}
        problem={deleting.problem?.message}
      >
        <p>This can’t be undone. With the course go:</p>
        <ul>
          <li>{lessons}, with their captions and rules</li>
          <li>all their videos, from the video platform and from storage</li>
          <li>everybody’s access to it</li>
        </ul>
        <p>The evidence of who completed it stays on record.</p>
      </Confirm>
    </div>
  );
};
