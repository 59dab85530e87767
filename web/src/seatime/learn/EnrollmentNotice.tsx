import { enrollmentWords } from './enrollment';
import type { KnownEnrollment } from './useOwnEnrollment';
import styles from './enrollment.module.css';

/** Whether and until when the learner may watch the course; nothing where there is nothing to say. */
export const EnrollmentNotice = ({ own, readAt }: KnownEnrollment) => {
  const words = enrollmentWords(own, readAt);
  if (words === null) return null;
  return (
    <div className={styles.notice} role="status" data-testid="enrollment" data-state={words.state}>
      <p className={styles.title}>{words.title}</p>
      {words.message !== '' && <p>{words.message}</p>}
    </div>
  );
};

/** The same in few words, for a course among others. */
export const EnrollmentPill = ({ own, readAt }: KnownEnrollment) => {
  const words = enrollmentWords(own, readAt);
  if (words === null) return null;
  return (
    <span className={styles.pill} data-testid="enrollment" data-state={words.state} title={words.title}>
      {words.short}
    </span>
  );
};
