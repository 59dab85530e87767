import { useState } from 'react';
import { WhomItAffects, useRulesPreview, useSaving, useSeatimeApi, type Course } from '../../../seatime';
import { Choice } from '../../../seatime/ui/Choice';
import { Field, Input } from '../../../seatime/ui/Field';
import { SaveRow } from '../../../seatime/ui/SaveRow';
import { changeOf, draftOf, faultsOf, rulesOf, type CourseDraft } from './courseDraft';
import styles from './author.module.css';

interface CourseRulesFormProps {
  course: Course;
  onSaved: () => void;
}

/** What completes the course, and how watching counts in it. Whom it affects is told before it is saved. */
export default function CourseRulesForm({ course, onSaved }: CourseRulesFormProps) {
  const api = useSeatimeApi();
  const [draft, setDraft] = useState(() => draftOf(course.rules));
  const saving = useSaving();
  const faults = faultsOf(draft);
  const sound = Object.keys(faults).length === 0;
  const dirty = JSON.stringify(draft) !== JSON.stringify(draftOf(course.rules));
  const change = dirty && sound ? changeOf(rulesOf(draft)) : null;
  const previewed = useRulesPreview(course.id, change);
  const edit = (next: Partial<CourseDraft>) => setDraft((before) => ({ ...before, ...next }));

  const save = async () => {
    const { title, published } = course;
    await api.putCourse(course.id, { title, published, public: course.public, rules: rulesOf(draft) });
    onSaved();
  };

  return (
    <form className={`card ${styles.stack}`} onSubmit={saving.submit(save)} noValidate data-testid="course-rules">
      <h2>To complete the course</h2>
      <div className={styles.two}>
        <Field label="Share of each lesson, in percent" hint="Empty: 90. A lesson may have its own." error={faults.percent}>
          <Input inputMode="decimal" value={draft.percent} onChange={(event) => edit({ percent: event.currentTarget.value })} />
        </Field>
        <Field
          label="Verified watching time, in minutes"
          hint="Real time in front of videos. Empty: no minimum."
          error={faults.minutes}
        >
          <Input inputMode="decimal" value={draft.minutes} onChange={(event) => edit({ minutes: event.currentTarget.value })} />
        </Field>
        <label className={styles.pick}>
          <span>Final assessment</span>
          <select
            className={styles.select}
            value={draft.assessment}
            onChange={(event) => edit({ assessment: event.target.value })}
          >
            <option value="">None</option>
            {course.lessons.map((lesson) => (
              <option key={lesson.id} value={lesson.id}>
                The quiz of “{lesson.title}”
              </option>
            ))}
            {draft.assessment !== '' && course.lessons.every(({ id }) => id !== draft.assessment) && (
              <option value={draft.assessment}>{draft.assessment} (no lesson of this course)</option>
            )}
          </select>
        </label>
      </div>
      <h2>How watching counts</h2>
      <div className={styles.two}>
        <Field label="Fastest speed that counts" hint="Empty: 2. Faster is cut." error={faults.rate}>
          <Input inputMode="decimal" value={draft.rate} onChange={(event) => edit({ rate: event.currentTarget.value })} />
        </Field>
        <Field
          label="Offline watching counts for, in hours"
          hint="Empty: 24. An accredited course takes 0.04, two minutes."
          error={faults.hours}
        >
          <Input inputMode="decimal" value={draft.hours} onChange={(event) => edit({ hours: event.currentTarget.value })} />
        </Field>
      </div>
      <Choice
        label="While the page is hidden"
        name="hidden"
        value={draft.hidden}
        onChange={(hidden) => edit({ hidden })}
        options={[
          { value: '', label: 'As the platform has it' },
          { value: 'count', label: 'Playing counts all the same' },
          { value: 'apart', label: 'Playing counts, and is shown apart' },
          { value: 'pause', label: 'Playing does not count' },
        ]}
      />
      <Choice
        label="Seeking ahead"
        name="seek"
        value={draft.seek}
        onChange={(seek) => edit({ seek })}
        options={[
          { value: '', label: 'As the platform has it' },
          { value: 'free', label: 'Anywhere', hint: 'What is skipped does not count.' },
          { value: 'locked', label: 'No further than was watched', hint: 'Until the lesson is complete.' },
        ]}
      />
      {change !== null && <WhomItAffects {...previewed} affected={previewed.preview?.learners} />}
      <SaveRow
        saving={saving}
        dirty={dirty}
        sound={sound}
        label="Save the rules"
        said="Saved. Learners are told within seconds."
      />
    </form>
  );
}
