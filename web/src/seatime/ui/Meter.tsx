import { Meter as Base } from '@base-ui/react/meter';
import { percent } from '../format';
import styles from './meter.module.css';

interface MeterProps {
  /** What is measured. */
  label: string;
  /** 0…1. */
  value: number;
  /** How the value is read out; a percentage otherwise. */
  spoken?: string;
  done?: boolean;
}

/** How much of something there is, as a bar. */
export const Meter = ({ label, value, spoken, done = false }: MeterProps) => (
  <Base.Root
    className={styles.meter}
    value={Math.min(1, Math.max(0, value))}
    max={1}
    aria-label={label}
    getAriaValueText={() => spoken ?? percent(value)}
  >
    <Base.Track className={styles.track}>
      <Base.Indicator className={done ? `${styles.indicator} ${styles.done}` : styles.indicator} />
    </Base.Track>
  </Base.Root>
);
