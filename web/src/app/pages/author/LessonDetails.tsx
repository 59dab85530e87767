import { useState } from 'react';
import { useSaving, useSeatimeApi, type LessonStatus } from '../../../seatime';
import { Check } from '../../../seatime/ui/Choice';
import { Field, Input } from '../../../seatime/ui/Field';
import { SaveRow } from '../../../seatime/ui/SaveRow';
import styles from './author.module.css';

interface LessonDetailsProps {
  lesson: LessonStatus;
  onSaved: () => void;
}

export default function LessonDetails({ lesson, onSaved }: LessonDetailsProps) {
  const api = useSeatimeApi();
  const [title, setTitle] = useState(lesson.title);
  const [required, setRequired] = useState(lesson.required);
  const saving = useSaving();
  const dirty = title.trim() !== lesson.title || required !== lesson.required;
  const save = async () => {
    const { position, rules } = lesson;
    await api.putLesson(lesson.courseId, lesson.id, { title: title.trim(), required, position, rules });
    onSaved();
  };
  return (
    <form className={`card ${styles.stack}`} onSubmit={saving.submit(save)}>
      <Field label="Title" error={title.trim() === '' ? 'A lesson has a title.' : undefined}>
        <Input value={title} onChange={(event) => setTitle(event.currentTarget.value)} maxLength={200} />
      </Field>
      <Check
        label="Required to complete the course"
        hint="Otherwise it is optional: learners may watch it, and need not."
        checked={required}
        onChange={setRequired}
      />
      <SaveRow saving={saving} dirty={dirty} sound={title.trim() !== ''} />
    </form>
  );
}
