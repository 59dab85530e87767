import { useCallback, useRef } from 'react';
import { Link } from 'react-router';
import { clock, percent, useResource, useSeatimeApi, type LessonProgress } from '../../../seatime';
import type { LessonStanding } from './standing';
import { useSeen } from './useSeen';
import styles from './course.module.css';

interface LessonRowProps {
  courseId: string;
  number: number;
  standing: LessonStanding;
  /** Whether the learner's watching counts at all. */
  counted: boolean;
}

/** A lesson in its course: where it stands, and, where something was watched, which parts and what is missing. */
export const LessonRow = ({ courseId, number, standing, counted }: LessonRowProps) => {
  const { lesson, state } = standing;
  const facts = [lesson.duration === null ? null : clock(lesson.duration), lesson.required ? null : 'optional'];
  return (
    <li className={styles.row} data-testid="lesson-row" data-state={state}>
      <Link className={styles.link} to={`/courses/${courseId}/lessons/${lesson.id}`}>
        <span className={styles.number} aria-hidden="true">
          {state === 'complete' ? '✓' : number}
        </span>
        <span className={styles.text}>
          <span className={styles.title}>{lesson.title}</span>
          <span className={styles.facts}>{facts.filter(Boolean).join(' · ')}</span>
        </span>
        <span className={styles.state}>{told(standing, counted)}</span>
      </Link>
      {counted && standing.coverage > 0 && <Watched {...standing} />}
    </li>
  );
};

const told = ({ state, coverage }: LessonStanding, counted: boolean): string => {
  const unplayable = { processing: 'Being prepared', 'no-video': 'No video yet', failed: 'Not available' } as const;
  if (state in unplayable) return unplayable[state as keyof typeof unplayable];
  if (!counted) return '';
  return { complete: 'Complete', begun: `${percent(coverage)} watched`, open: 'Not started' }[state as 'complete'];
};

/** The learner's own map of a lesson, small, read when it comes near the screen; its place is kept meanwhile. */
const Watched = ({ lesson, state }: LessonStanding) => {
  const place = useRef<HTMLDivElement>(null);
  const seen = useSeen(place);
  return (
    <div ref={place} className={styles.watched} data-state={state}>
      {seen && <Reached lessonId={lesson.id} duration={lesson.duration} />}
    </div>
  );
};

const Reached = ({ lessonId, duration }: { lessonId: string; duration: number | null }) => {
  const api = useSeatimeApi();
  const { data } = useResource(useCallback(() => api.lessonProgress(lessonId), [api, lessonId]));
  if (data === undefined) return null;
  const length = data.duration ?? duration ?? 0;
  return (
    <>
      {length > 0 && <SmallMap covered={data.covered} length={length} />}
      {data.reasons.map((reason) => (
        <p key={reason.code} className="muted small">
          {reason.message}
        </p>
      ))}
    </>
  );
};

const SmallMap = ({ covered, length }: { covered: LessonProgress['covered']; length: number }) => {
  const spoken = covered.map(([from, to]) => `${clock(from)} to ${clock(to)}`).join(', ');
  return (
    <div className={styles.map} role="img" aria-label={`Watched: ${spoken}`} data-testid="lesson-map">
      {covered.map(([from, to]) => (
        <span key={from} style={{ left: `${(from / length) * 100}%`, width: `${((to - from) / length) * 100}%` }} />
      ))}
    </div>
  );
};
