import { useState, type FormEvent } from 'react';
import { asProblem, useSeatimeApi, type LessonStatus } from '../../../seatime';
import { Button } from '../../../seatime/ui/Button';
import { Check } from '../../../seatime/ui/Choice';
import { Field, Input } from '../../../seatime/ui/Field';
import { Problem } from '../../../seatime/ui/Problem';
import styles from './author.module.css';

interface LessonDetailsProps {
  lesson: LessonStatus;
  onSaved: () => void;
}

export default function LessonDetails({ lesson, onSaved }: LessonDetailsProps) {
  const api = useSeatimeApi();
  const [title, setTitle] = useState(lesson.title);
  const [required, setRequired] = useState(lesson.required);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const dirty = title.trim() !== lesson.title || required !== lesson.required;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      const { position, rules } = lesson;
      await api.putLesson(lesson.courseId, lesson.id, { title: title.trim(), required, position, rules });
      onSaved();
    } catch (error) {
      setProblem(asProblem(error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className={`card ${styles.stack}`} onSubmit={(event) => void save(event)}>
      <Field label="Title" error={title.trim() === '' ? 'A lesson has a title.' : undefined}>
        <Input value={title} onChange={(event) => setTitle(event.currentTarget.value)} maxLength={200} />
      </Field>
      <Check
        label="Required to complete the course"
        hint="Otherwise it is optional: learners may watch it, and need not."
        checked={required}
        onChange={setRequired}
      />
      {problem !== undefined && <Problem title="Not saved">{problem}</Problem>}
      <div>
        <Button kind="primary" type="submit" disabled={!dirty || title.trim() === '' || busy}>
          Save
        </Button>
      </div>
    </form>
  );
}
