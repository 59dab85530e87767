/** What a lesson demands: how much of it, which parts, whether its quiz. Whom a change affects is told before it is saved. */
import { useState, type ReactNode } from 'react';
import type { LessonStatus } from '../api/types';
import { useSeatimeApi } from '../context';
import controls from '../controls.module.css';
import { clock, percent } from '../format';
import { Button } from '../ui/Button';
import { Check, Choice } from '../ui/Choice';
import { Field, Input } from '../ui/Field';
import { Note } from '../ui/Problem';
import { SaveRow } from '../ui/SaveRow';
import { useSaving } from '../useSaving';
import { SegmentList } from './SegmentList';
import { SegmentTimeline } from './SegmentTimeline';
import { WhomItAffects } from './WhomItAffects';
import { changeOf, courseThreshold, draftOf, isSame, parsePercent, rulesOf, type LessonDraft } from './lessonDraft';
import { drawn, total } from './segments';
import { useRulesPreview } from './useRulesPreview';
import styles from './rules.module.css';

export interface LessonRulesEditorProps {
  lesson: LessonStatus;
  /** The course's own threshold (0…1); null for the platform's. */
  threshold: number | null | undefined;
  onSaved?: (lesson: LessonStatus) => void;
  /** A player that is kept at the cursor's place. */
  beside?: (cursor: number, onCursor: (seconds: number) => void) => ReactNode;
}

/** A part that a button adds. */
const ADDED_S = 10;

export const LessonRulesEditor = ({ lesson, threshold, onSaved, beside }: LessonRulesEditorProps) => {
  const api = useSeatimeApi();
  const fallback = courseThreshold(threshold);
  const [draft, setDraft] = useState(() => draftOf(lesson.rules, fallback));
  const [cursor, setCursor] = useState(0);
  const saving = useSaving();
  const { duration } = lesson;
  const rules = rulesOf(draft, duration);
  const dirty = rules === null || !isSame(rules, lesson.rules);
  const change = rules === null || !dirty ? null : { lessons: { [lesson.id]: changeOf(rules, fallback) } };
  const previewed = useRulesPreview(lesson.courseId, change);

  const edit = (next: Partial<LessonDraft>) => setDraft((before) => ({ ...before, ...next }));

  const save = async () => {
    if (rules === null) return;
    const { title, position, required } = lesson;
    onSaved?.(await api.putLesson(lesson.courseId, lesson.id, { title, position, required, rules }));
  };

  return (
    <form className={styles.editor} onSubmit={saving.submit(save)} data-testid="rules-editor">
      <div className={styles.group}>
        <Choice
          label="How much of it"
          name="threshold"
          value={draft.own ? 'own' : 'course'}
          onChange={(value) => edit({ own: value === 'own' })}
          options={[
            { value: 'course', label: `As the course says: ${percent(fallback)}` },
            { value: 'own', label: 'This lesson has its own share' },
          ]}
        />
        {draft.own && (
          <Field
            label="Share that must be watched, in percent"
            error={parsePercent(draft.percent) === null ? 'A number above 0, up to 100.' : undefined}
          >
            <Input inputMode="decimal" value={draft.percent} onChange={(event) => edit({ percent: event.currentTarget.value })} />
          </Field>
        )}
      </div>
      <section className={styles.group} aria-labelledby="required-parts">
        <h2 id="required-parts">Required parts</h2>
        <p className={controls.quiet}>
          Who has watched every required part has watched enough, even below the share above. Without required parts the
          share alone counts.
        </p>
        {duration === null ? (
          <Note>Parts are drawn on the video’s length: they can be set as soon as the lesson has a video.</Note>
        ) : (
          <>
            {beside?.(cursor, setCursor)}
            <SegmentTimeline
              segments={draft.segments}
              duration={duration}
              onChange={(segments) => edit({ segments })}
              cursor={cursor}
              onCursor={setCursor}
            />
            <div className={styles.summary}>
              <Button
                small
                onClick={() => edit({ segments: drawn(draft.segments, cursor, cursor + ADDED_S, duration) })}
                disabled={cursor >= duration}
              >
                Add a part at {clock(cursor)}
              </Button>
              <span className={controls.quiet} data-testid="required-total">
                {draft.segments.length === 0
                  ? 'No part is required.'
                  : `${clock(total(draft.segments))} of ${clock(duration)} required`}
              </span>
            </div>
            <SegmentList segments={draft.segments} duration={duration} onChange={(segments) => edit({ segments })} />
          </>
        )}
      </section>
      <Check
        label="Its quiz must be passed, too"
        hint="Your learning platform tells the results."
        checked={draft.quiz}
        onChange={(quiz) => edit({ quiz })}
      />
      {change !== null && <WhomItAffects {...previewed} affected={previewed.preview?.lessons[lesson.id]} />}
      <SaveRow
        saving={saving}
        dirty={dirty}
        sound={rules !== null}
        label="Save the rules"
        said="Saved. Learners are told within seconds."
      />
    </form>
  );
};
