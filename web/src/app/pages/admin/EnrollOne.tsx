import { useState } from 'react';
import { useSaving, useSeatimeApi } from '../../../seatime';
import { Button } from '../../../seatime/ui/Button';
import { Field, Input } from '../../../seatime/ui/Field';
import { Problem } from '../../../seatime/ui/Problem';
import styles from './admin.module.css';

const ID = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/;

export const EnrollOne = ({ courseId, onEnrolled }: { courseId: string; onEnrolled: () => void }) => {
  const api = useSeatimeApi();
  const [learner, setLearner] = useState('');
  const [until, setUntil] = useState('');
  const [cohort, setCohort] = useState('');
  const [tried, setTried] = useState(false);
  const enrolling = useSaving();
  const [goodLearner, goodCohort] = [ID.test(learner.trim()), cohort.trim() === '' || ID.test(cohort.trim())];

  const enroll = async () => {
    await api.admin.enroll(courseId, {
      learnerId: learner.trim(),
      status: 'active',
      expiresAt: until === '' ? null : new Date(`${until}T23:59:59`).toISOString(),
      cohort: cohort.trim() === '' ? null : cohort.trim(),
    });
    [setLearner, setUntil, setCohort].forEach((set) => set(''));
    setTried(false);
    onEnrolled();
  };

  return (
    <section className={`card ${styles.stack}`} aria-labelledby="one">
      <h2 id="one">Enrol a learner</h2>
      <form
        className={styles.stack}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (goodLearner && goodCohort) void enrolling.run(enroll);
        }}
      >
        <div className={styles.fields}>
          <Field
            label="Learner"
            hint="The id in the learning platform."
            error={tried && !goodLearner ? 'Letters, digits and _ . : - , up to 64.' : undefined}
          >
            <Input value={learner} onChange={(event) => setLearner(event.target.value)} />
          </Field>
          <Field label="Until" hint="Empty: no end.">
            <Input type="date" value={until} onChange={(event) => setUntil(event.target.value)} />
          </Field>
          <Field
            label="Cohort"
            hint="The class or group; may stay empty."
            error={tried && !goodCohort ? 'Letters, digits and _ . : - , up to 64.' : undefined}
          >
            <Input value={cohort} onChange={(event) => setCohort(event.target.value)} />
          </Field>
        </div>
        {enrolling.problem !== undefined && <Problem title="That did not work">{enrolling.problem.message}</Problem>}
        <div>
          <Button type="submit" kind="primary" disabled={enrolling.busy}>
            Enrol
          </Button>
        </div>
      </form>
    </section>
  );
};
