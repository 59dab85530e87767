import { useState } from 'react';
import { useSaving, useSeatimeApi } from '../../../seatime';
import { Button } from '../../../seatime/ui/Button';
import { Field, Input } from '../../../seatime/ui/Field';
import { Problem } from '../../../seatime/ui/Problem';

interface NewLessonProps {
  courseId: string;
  position: number;
  label: string;
  onCreated: (id: string) => void;
}

/** A title is all it takes. */
export const NewLesson = ({ courseId, position, label, onCreated }: NewLessonProps) => {
  const api = useSeatimeApi();
  const [title, setTitle] = useState('');
  const making = useSaving();
  const make = async () => {
    const id = `lesson-${crypto.randomUUID()}`;
    await api.putLesson(courseId, id, { title: title.trim(), position });
    setTitle('');
    onCreated(id);
  };
  return (
    <form className="inline" onSubmit={making.submit(make)}>
      <Field label={label}>
        <Input
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          placeholder="Title of the new lesson"
          maxLength={200}
          required
        />
      </Field>
      <Button type="submit" disabled={making.busy || title.trim() === ''}>
        Create
      </Button>
      {making.problem !== undefined && <Problem title="Not made">{making.problem.message}</Problem>}
    </form>
  );
};
