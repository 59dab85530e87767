import type { ReactNode } from 'react';
import styles from './choice.module.css';

export interface Option<T extends string> {
  value: T;
  label: string;
  /** What comes of it. */
  hint?: ReactNode;
}

interface ChoiceProps<T extends string> {
  label: string;
  /** Of the group of radio buttons; one of its kind on the page. */
  name: string;
  options: readonly Option<T>[];
  value: T;
  onChange: (value: T) => void;
  /** It is decided for now. */
  disabled?: boolean;
}

/** One of a few, each with what it means. Native radio buttons: arrow keys choose. */
export const Choice = <T extends string>({ label, name, options, value, onChange, disabled = false }: ChoiceProps<T>) => (
  <fieldset className={styles.choice} disabled={disabled}>
    <legend className={styles.legend}>{label}</legend>
    {options.map((option) => (
      <label key={option.value} className={styles.option}>
        <input
          type="radio"
          name={name}
          value={option.value}
          checked={option.value === value}
          onChange={() => onChange(option.value)}
        />
        <span className={styles.text}>
          <span className={styles.name}>{option.label}</span>
          {option.hint !== undefined && <span className={styles.hint}>{option.hint}</span>}
        </span>
      </label>
    ))}
  </fieldset>
);

interface CheckProps {
  label: string;
  hint?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** Yes or no. */
export const Check = ({ label, hint, checked, onChange }: CheckProps) => (
  <label className={styles.option}>
    <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
    <span className={styles.text}>
      <span className={styles.name}>{label}</span>
      {hint !== undefined && <span className={styles.hint}>{hint}</span>}
    </span>
  </label>
);
