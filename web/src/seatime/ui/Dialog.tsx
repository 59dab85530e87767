/**
 * A dialog over the page: focus stays in it, Escape closes it, and afterwards focus is where it was. What it is made of
 * is fetched when the first one opens: a page that only may ask something does not pay for it.
 */
import { Suspense, lazy, useState, type ReactNode } from 'react';
import styles from './dialog.module.css';

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** A sentence under the title, read out with it. */
  description?: ReactNode;
  children?: ReactNode;
}

export interface ConfirmProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What happens then. */
  children: ReactNode;
  /** The words on the button, which say what it does. */
  action: string;
  onConfirm: () => void;
  busy?: boolean;
  /** Why it did not happen. */
  problem?: string | undefined;
}

const DialogPart = lazy(() => import('./DialogParts').then((parts) => ({ default: parts.Dialog })));
const ConfirmPart = lazy(() => import('./DialogParts').then((parts) => ({ default: parts.Confirm })));

/** From the first opening on: what closes is still there to be seen going. */
const useOpened = (open: boolean): boolean => {
  const [opened, setOpened] = useState(open);
  if (open && !opened) setOpened(true);
  return opened || open;
};

export const Dialog = (props: DialogProps) =>
  useOpened(props.open) ? (
    <Suspense fallback={null}>
      <DialogPart {...props} />
    </Suspense>
  ) : null;

/** Asks before something that can't be undone. */
export const Confirm = (props: ConfirmProps) =>
  useOpened(props.open) ? (
    <Suspense fallback={null}>
      <ConfirmPart {...props} />
    </Suspense>
  ) : null;

export const DialogActions = ({ children }: { children: ReactNode }) => <div className={styles.actions}>{children}</div>;
