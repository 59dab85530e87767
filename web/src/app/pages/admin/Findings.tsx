import { moment } from '../owner/words';
import type { Finding } from './verdict';
import styles from './admin.module.css';

/** What is wrong, since when, and what to do; nothing where nothing is. */
export const Findings = ({ found }: { found: readonly Finding[] }) =>
  found.length === 0 ? null : (
    <ul className={styles.findings} data-testid="findings">
      {found.map(({ tone, says, since, detail, todo }) => (
        <li key={says} className={tone === 'bad' ? `${styles.finding} ${styles.grave}` : styles.finding}>
          <strong>{says}</strong>{' '}
          {since !== undefined && <span className={styles.since}>seen so since {moment(since)}</span>}
          <p>{todo}</p>
          {detail !== undefined && <p className={styles.detail}>{detail}</p>}
        </li>
      ))}
    </ul>
  );
