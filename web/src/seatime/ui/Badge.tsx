import controls from '../controls.module.css';

export type Tone = 'plain' | 'accent' | 'good' | 'bad';

/** How something stands, in a word. */
export const Badge = ({ tone = 'plain', children }: { tone?: Tone; children: string }) => (
  <span className={controls.badge} data-tone={tone}>
    {children}
  </span>
);
