import type { ReactNode } from 'react';
import styles from './admin.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'neutral';

/** A state in a word or two; the words say it, the colour repeats it. */
export const Level = ({ tone, children }: { tone: Tone; children: ReactNode }) => (
  <span className={`${styles.level} ${styles[tone]}`}>{children}</span>
);
