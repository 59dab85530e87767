import { useState } from 'react';
import controls from '../controls.module.css';
import { clock } from '../format';
import { Button } from '../ui/Button';
import { drawn, normalise, parseTime, without, type Segment } from './segments';
import styles from './rules.module.css';

interface SegmentListProps {
  segments: readonly Segment[];
  duration: number;
  onChange: (segments: readonly Segment[]) => void;
}

/** The same parts in figures: typed to the second, and taken away. */
export const SegmentList = ({ segments, duration, onChange }: SegmentListProps) => (
  <ol className={styles.parts}>
    {segments.map(([from, to], index) => (
      <li key={`${from} ${to}`} className={styles.part} data-testid="required-part">
        <Time
          label={`Part ${index + 1} from`}
          seconds={from}
          onChange={(at) => onChange(drawn(without(segments, index), at, to, duration))}
        />
        <span aria-hidden="true">–</span>
        <Time
          label={`Part ${index + 1} to`}
          seconds={to}
          onChange={(at) => onChange(drawn(without(segments, index), from, at, duration))}
        />
        <span className={styles.length}>{clock(to - from)} long</span>
        <Button small kind="quiet" onClick={() => onChange(normalise(without(segments, index), duration))}>
          Remove<span className={controls.hidden}> part {index + 1}</span>
        </Button>
      </li>
    ))}
  </ol>
);

/** A time that counts when it is left, or with Enter. What is no time goes back to what it was. */
const Time = ({ label, seconds, onChange }: { label: string; seconds: number; onChange: (seconds: number) => void }) => {
  const [text, setText] = useState<string | null>(null);
  const settle = () => {
    const at = text === null ? null : parseTime(text);
    setText(null);
    if (at !== null && clock(at) !== clock(seconds)) onChange(at);
  };
  return (
    <input
      className={`${controls.input} ${styles.time}`}
      aria-label={label}
      inputMode="numeric"
      value={text ?? clock(seconds)}
      onChange={(event) => setText(event.target.value)}
      onBlur={settle}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        settle();
      }}
    />
  );
};
