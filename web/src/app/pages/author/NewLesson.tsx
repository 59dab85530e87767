import { useState, type FormEvent } from 'react';
import { asProblem, useSeatimeApi } from '../../../seatime';
import { Button } from '../../../seatime/ui/Button';

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
      setFailure(asProblem(error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="inline" onSubmit={(event) => void create(event)}>
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
      <Button type="submit" disabled={busy}>
        Create
      </Button>
      {failure !== undefined && (
        <p role="alert" className="bad">
          {failure}
        </p>
      )}
    </form>
  );
};
