/** What `Dialog.tsx` fetches when one opens. */
import { AlertDialog as Alert } from '@base-ui/react/alert-dialog';
import { Dialog as Plain } from '@base-ui/react/dialog';
import { Button } from './Button';
import type { ConfirmProps, DialogProps } from './Dialog';
import { Problem } from './Problem';
import styles from './dialog.module.css';

export const Dialog = ({ open, onClose, title, description, children }: DialogProps) => (
  <Plain.Root open={open} onOpenChange={(next) => !next && onClose()}>
    <Plain.Portal>
      <Plain.Backdrop className={styles.backdrop} />
      <Plain.Popup className={styles.popup}>
        <Plain.Title className={styles.title}>{title}</Plain.Title>
        {description !== undefined && <Plain.Description className={styles.description}>{description}</Plain.Description>}
        {children}
      </Plain.Popup>
    </Plain.Portal>
  </Plain.Root>
);

/** A click beside it is no answer. */
export const Confirm = ({ open, onClose, title, children, action, onConfirm, busy = false, problem }: ConfirmProps) => (
  <Alert.Root open={open} onOpenChange={(next) => !next && !busy && onClose()}>
    <Alert.Portal>
      <Alert.Backdrop className={styles.backdrop} />
      <Alert.Popup className={styles.popup}>
        <Alert.Title className={styles.title}>{title}</Alert.Title>
        <Alert.Description className={styles.description} render={<div />}>
          {children}
        </Alert.Description>
        {problem !== undefined && <Problem>{problem}</Problem>}
        <div className={styles.actions}>
          <Button onClick={onClose} disabled={busy}>
            Cancel
          </Button>
          <Button kind="danger" onClick={onConfirm} disabled={busy}>
            {action}
          </Button>
        </div>
      </Alert.Popup>
    </Alert.Portal>
  </Alert.Root>
);
