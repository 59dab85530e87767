import type { LessonProgress } from '../api/types';
import { clock } from '../format';
import styles from './views.module.css';

const CUTS: Record<string, string> = {
  over_rate: 'played faster than the course allows',
  double_spent: 'played at the same time as another video',
  beat_cap: 'the report came after too long a silence',
  too_late: 'reported too late',
  outside_grant: 'played outside the time you had access',
  beyond_duration: 'beyond the end of the video',
  hidden: 'played while the page was hidden',
  replaced: 'of a video that has been replaced since',
};

/** Whether a lesson is complete; if not, why not, in the server's words. */
export const CompletionStatus = ({ progress }: { progress: LessonProgress }) => {
  const cuts = Object.entries(progress.cuts).filter(([, seconds]) => seconds >= 1);
  return (
    <section className={styles.status} aria-label="Completion" data-testid="completion" data-complete={progress.complete}>
      {progress.complete ? (
        <p className={styles.done}>✓ Lesson complete</p>
      ) : (
        <>
          <p className={styles.open}>Not complete yet</p>
          <ul className={styles.reasons}>
            {progress.reasons.map((reason) => (
              <li key={reason.code} data-testid="reason" data-code={reason.code}>
                {reason.message}
              </li>
            ))}
          </ul>
        </>
      )}
      {cuts.length > 0 && (
        <details className={styles.cuts}>
          <summary>Some of what you played was not counted</summary>
          <ul>
            {cuts.map(([code, seconds]) => (
              <li key={code}>
                {clock(seconds)}: {CUTS[code] ?? code}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
};
