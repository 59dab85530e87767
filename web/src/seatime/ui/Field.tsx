import { Field as Base } from '@base-ui/react/field';
import type { ComponentProps, ReactNode } from 'react';
import styles from './field.module.css';

interface FieldProps {
  label: string;
  /** What belongs in it. */
  hint?: ReactNode;
  /** Why what is in it won't do. */
  error?: string | undefined;
  /** The control: `<Input>`, or anything of Base UI. */
  children: ReactNode;
}

/** A control with its label, hint and error, tied together for who can't see them. */
export const Field = ({ label, hint, error, children }: FieldProps) => (
  <Base.Root className={styles.field} invalid={error !== undefined}>
    <Base.Label className={styles.label}>{label}</Base.Label>
    {children}
    {hint !== undefined && <Base.Description className={styles.hint}>{hint}</Base.Description>}
    <Base.Error className={styles.error} match={error !== undefined}>
      {error}
    </Base.Error>
  </Base.Root>
);

/** A line of text or a number inside a `<Field>`. */
export const Input = (props: Omit<ComponentProps<'input'>, 'className' | 'defaultValue' | 'value'> & { value: string }) => (
  <Base.Control className={styles.input} {...props} />
);
