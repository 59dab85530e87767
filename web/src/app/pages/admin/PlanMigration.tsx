import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useSaving, useSeatimeApi } from '../../../seatime';
import type { MigrationPlan, MigrationWish } from '../../../seatime/api/admin';
import { Button } from '../../../seatime/ui/Button';
import { Check, Choice } from '../../../seatime/ui/Choice';
import { Field, Input } from '../../../seatime/ui/Field';
import { Problem } from '../../../seatime/ui/Problem';
import { Loading } from '../../Notice';
import { useCourses } from '../../useCourses';
import { wishOf, type Chosen, type Scope } from './migration';
import { Plan } from './Plan';
import styles from './admin.module.css';

const NOTHING_CHOSEN: Chosen = { scope: 'all', courses: [], prefix: '', course: '', viewsPerMonth: '10' };

/** What to move; then, before anything happens, what that comes to. */
export const PlanMigration = () => {
  const api = useSeatimeApi();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState(NOTHING_CHOSEN);
  const [plan, setPlan] = useState<{ wish: MigrationWish; found: MigrationPlan }>();
  const planning = useSaving();
  const beginning = useSaving();
  const wish = wishOf(chosen);

  const change = (more: Partial<Chosen>) => {
    setChosen({ ...chosen, ...more });
    setPlan(undefined);
  };
  const look = async () => {
    beginning.clear();
    if (wish !== null) setPlan({ wish, found: await api.admin.planMigration(wish) });
  };
  const begin = async (accepted: MigrationWish) => {
    const { id } = await api.admin.beginMigration(accepted);
    void navigate(`/admin/migrations/${id}`);
  };
  const busy = planning.busy || beginning.busy;
  const problem = planning.problem ?? beginning.problem;

  return (
    <section className={`card ${styles.stack}`} aria-labelledby="plan">
      <h2 id="plan">Plan a move</h2>
      <form className={styles.stack} onSubmit={planning.submit(look)}>
        <Choice<Scope>
          label="What is to move?"
          name="scope"
          value={chosen.scope}
          onChange={(scope) => change({ scope })}
          options={[
            { value: 'all', label: 'Every lesson that plays from S3' },
            { value: 'courses', label: 'The lessons of some courses' },
            { value: 'objects', label: 'Objects of the bucket', hint: 'Files that somebody brought there by other means.' },
          ]}
        />
        {chosen.scope === 'courses' && <Courses chosen={chosen.courses} onChange={(courses) => change({ courses })} />}
        {chosen.scope === 'objects' && <Objects chosen={chosen} onChange={change} />}
        <div className={styles.fields}>
          <Field label="Views of each video in a month" hint="For the estimate only: Mux bills what it delivers.">
            <Input inputMode="decimal" value={chosen.viewsPerMonth} onChange={(event) => change({ viewsPerMonth: event.target.value })} />
          </Field>
        </div>
        {problem !== undefined && <Problem title="That did not work">{problem.message}</Problem>}
        <div>
          <Button type="submit" kind={plan === undefined ? 'primary' : 'plain'} disabled={wish === null || busy}>
            See what it comes to
          </Button>
        </div>
      </form>
      {planning.busy && <Loading what="Looking at every file" />}
      {plan !== undefined && <Plan plan={plan.found} busy={busy} onBegin={() => void beginning.run(() => begin(plan.wish))} />}
    </section>
  );
};

const Courses = ({ chosen, onChange }: { chosen: readonly string[]; onChange: (courses: string[]) => void }) => {
  const { data } = useCourses();
  if (data === undefined) return <Loading what="Reading the courses" />;
  return (
    <fieldset className={styles.fields} style={{ border: 0, padding: 0, margin: 0 }}>
      <legend className="visually-hidden">Courses</legend>
      {data.map(({ id, title }) => (
        <Check
          key={id}
          label={title}
          checked={chosen.includes(id)}
          onChange={(checked) => onChange(checked ? [...chosen, id] : chosen.filter((one) => one !== id))}
        />
      ))}
    </fieldset>
  );
};

const Objects = ({ chosen, onChange }: { chosen: Chosen; onChange: (more: Partial<Chosen>) => void }) => {
  const { data } = useCourses();
  return (
    <div className={styles.fields}>
      <Field label="Keys that begin with" hint="As in archive/2024/">
        <Input value={chosen.prefix} onChange={(event) => onChange({ prefix: event.target.value })} />
      </Field>
      <div className={styles.bar}>
        <label>
          Files that are nobody’s become lessons of
          <select value={chosen.course} onChange={(event) => onChange({ course: event.target.value })}>
            <option value="">no course: leave them</option>
            {(data ?? []).map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </div>
    </div>
  );
};
