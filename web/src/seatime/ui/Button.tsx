import type { ComponentProps } from 'react';
import controls from '../controls.module.css';

export type ButtonKind = 'plain' | 'primary' | 'danger' | 'quiet';

/** For links that look like buttons. */
export const buttonClass = (kind: ButtonKind = 'plain', small = false): string =>
  [controls.button, kind === 'plain' ? '' : controls[kind], small ? controls.small : ''].filter(Boolean).join(' ');

interface ButtonProps extends Omit<ComponentProps<'button'>, 'className'> {
  kind?: ButtonKind;
  small?: boolean;
}

export const Button = ({ kind = 'plain', small = false, type = 'button', ...props }: ButtonProps) => (
  <button type={type} className={buttonClass(kind, small)} {...props} />
);
