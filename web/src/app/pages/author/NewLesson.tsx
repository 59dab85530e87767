import { useState } from 'react';
import { useSaving, useSeatimeApi } from '../../../seatime';
import { Button } from '../../../seatime/ui/Button';
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
      <label className="field">
        <span>{label}</span>
        <input
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          placeholder="Title of the new lesson"
          maxLength={200}
          required
        />
      </label>
      <Button type="submit" disabled={making.busy || title.trim() === ''}>
        Create
      </Button>
      {making.problem !== undefined && <Problem title="Not made">{making.problem.message}</Problem>}
    </form>
  );
};
