import type { ReactNode } from 'react';
import controls from '../controls.module.css';

/** Why something did not work, where it was tried; read out at once. */
export const Problem = ({ title, children }: { title?: string; children: ReactNode }) => (
  <div role="alert" className={controls.problem}>
    {title !== undefined && <strong>{title}</strong>}
    {children}
  </div>
);

/** Something to know beside what one does. */
export const Note = ({ children }: { children: ReactNode }) => <p className={controls.note}>{children}</p>;
