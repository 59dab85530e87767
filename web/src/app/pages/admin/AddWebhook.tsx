import { useState } from 'react';
import { useSaving, useSeatimeApi } from '../../../seatime';
import type { WebhookEvent } from '../../../seatime/api/admin';
import { Button } from '../../../seatime/ui/Button';
import { Check } from '../../../seatime/ui/Choice';
import { Field, Input } from '../../../seatime/ui/Field';
import { Problem } from '../../../seatime/ui/Problem';
import styles from './admin.module.css';

const EVENTS: Record<WebhookEvent, string> = {
  'lesson.completed': 'A learner completed a lesson',
  'course.completed': 'A learner completed a course',
  'budget.exceeded': 'A month has reached a share of its budget',
};
const TYPES = Object.keys(EVENTS) as WebhookEvent[];

export const AddWebhook = ({ onAdded }: { onAdded: (secret: string) => void }) => {
  const api = useSeatimeApi();
  const [url, setUrl] = useState('');
  const [description, setDescription] = useState('');
  const [eventTypes, setEventTypes] = useState<WebhookEvent[]>(['lesson.completed', 'course.completed']);
  const adding = useSaving();

  const add = async () => {
    const { secret } = await api.admin.addWebhook({ url: url.trim(), description: description.trim(), eventTypes });
    setUrl('');
    setDescription('');
    onAdded(secret);
  };

  return (
    <section className={`card ${styles.stack}`} aria-labelledby="add">
      <h2 id="add">Add a receiver</h2>
      <form className={styles.stack} noValidate onSubmit={adding.submit(add)}>
        <div className={styles.fields}>
          <Field label="Address" hint="https, at a public address.">
            <Input inputMode="url" value={url} onChange={(event) => setUrl(event.target.value)} />
          </Field>
          <Field label="What it is" hint="May stay empty.">
            <Input value={description} maxLength={200} onChange={(event) => setDescription(event.target.value)} />
          </Field>
        </div>
        <div className={styles.fields}>
          {TYPES.map((type) => (
            <Check
              key={type}
              label={type}
              hint={EVENTS[type]}
              checked={eventTypes.includes(type)}
              onChange={(checked) => setEventTypes(TYPES.filter((one) => (one === type ? checked : eventTypes.includes(one))))}
            />
          ))}
        </div>
        {adding.problem !== undefined && <Problem title="It was not added">{adding.problem.message}</Problem>}
        <div>
          <Button type="submit" kind="primary" disabled={adding.busy || url.trim() === '' || eventTypes.length === 0}>
            Add
          </Button>
        </div>
      </form>
    </section>
  );
};
