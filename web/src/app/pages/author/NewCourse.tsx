import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useNavigate } from 'react-router';
import { asProblem, useSeatimeApi } from '../../../seatime';
import { Button } from '../../../seatime/ui/Button';
import { Problem } from '../../../seatime/ui/Problem';

/** A title is all it takes; nobody sees the course before it is published. */
export const NewCourse = ({ onDone }: { onDone: () => void }) => {
  const api = useSeatimeApi();
  const navigate = useNavigate();
  const field = useRef<HTMLInputElement>(null);
  const [title, setTitle] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  useEffect(() => field.current?.focus(), []);

  const make = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const id = `course-${crypto.randomUUID()}`;
    try {
      await api.putCourse(id, { title: title.trim(), published: false });
      await navigate(`/courses/${id}/manage`);
    } catch (error) {
      setProblem(asProblem(error).message);
      setBusy(false);
    }
  };
  return (
    <form className="card inline" onSubmit={(event) => void make(event)} aria-label="New course">
      <label className="field">
        <span>Title of the new course</span>
        <input ref={field} value={title} onChange={(event) => setTitle(event.target.value)} maxLength={200} required />
      </label>
      <Button kind="primary" type="submit" disabled={busy || title.trim() === ''}>
        Make it
      </Button>
      <Button kind="quiet" onClick={onDone}>
        Cancel
      </Button>
      {problem !== undefined && <Problem title="Not made">{problem}</Problem>}
    </form>
  );
};
