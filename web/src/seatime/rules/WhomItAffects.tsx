import type { RulesPreview } from '../api/types';
import type { Previewed } from './useRulesPreview';
import styles from './rules.module.css';

export type Affected = RulesPreview['learners'];

/** What a change would do to those who learn already, in sentences. Pure. */
export const sentences = ({ complete, kept, wouldComplete, incomplete }: Affected): string[] => {
  const told: string[] = [];
  if (complete + wouldComplete + incomplete === 0) return ['Nobody has begun yet: it affects no one.'];
  if (wouldComplete > 0) told.push(`${learners(wouldComplete)} who ${are(wouldComplete)} not complete yet would be.`);
  if (kept > 0) {
    told.push(`${learners(kept)} ${are(kept)} complete by the present rules and would not be by these: that stays.`);
  }
  const both = complete - kept;
  if (both > 0) told.push(`${learners(both)} ${are(both)} complete, and would be by these rules too.`);
  if (incomplete > 0) told.push(`${learners(incomplete)} would still have something to watch.`);
  return told;
};

const learners = (count: number): string => (count === 1 ? '1 learner' : `${count} learners`);
const are = (count: number): string => (count === 1 ? 'is' : 'are');

/** Before anything is saved: whom it affects. */
export const WhomItAffects = ({ preview, problem, stale, affected }: Previewed & { affected: Affected | undefined }) => (
  <section className={styles.affects} aria-label="Whom this affects" aria-busy={stale} data-testid="affects">
    <h2>Whom this affects</h2>
    {problem !== undefined && <p>It can’t be told now: {problem}</p>}
    {problem === undefined && preview === undefined && <p>Counting…</p>}
    {affected !== undefined && (
      <ul>
        {sentences(affected).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    )}
  </section>
);
