import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { useSaving, useSeatimeApi } from '../../../seatime';
import { Button } from '../../../seatime/ui/Button';
import { Field, Input } from '../../../seatime/ui/Field';
import { Problem } from '../../../seatime/ui/Problem';

/** A title is all it takes; nobody sees the course before it is published. */
export const NewCourse = ({ onDone }: { onDone: () => void }) => {
  const api = useSeatimeApi();
  const navigate = useNavigate();
  const field = useRef<HTMLInputElement>(null);
  const [title, setTitle] = useState('');
  const making = useSaving();
  useEffect(() => field.current?.focus(), []);

  const make = async () => {
    const id = `course-${crypto.randomUUID()}`;
    await api.putCourse(id, { title: title.trim(), published: false });
    await navigate(`/courses/${id}/manage`);
  };
  return (
    <form className="card inline" onSubmit={making.submit(make)} aria-label="New course">
      <Field label="Title of the new course">
        <Input ref={field} value={title} onChange={(event) => setTitle(event.currentTarget.value)} maxLength={200} required />
      </Field>
      <Button kind="primary" type="submit" disabled={making.busy || title.trim() === ''}>
        Make it
      </Button>
      <Button kind="quiet" onClick={onDone}>
        Cancel
      </Button>
      {making.problem !== undefined && <Problem title="Not made">{making.problem.message}</Problem>}
    </form>
  );
};
