import { Menu as Base } from '@base-ui/react/menu';
import type { ReactNode } from 'react';
import { buttonClass } from './Button';
import styles from './menu.module.css';

export interface MenuItem {
  label: string;
  onSelect: () => void;
  danger?: boolean;
  disabled?: boolean;
}

interface MenuProps {
  /** What the button is called; shown unless `children` are. */
  label: string;
  children?: ReactNode;
  items: readonly MenuItem[];
}

/** A button with a list of actions: arrow keys, typing ahead, Escape. */
export const Menu = ({ label, children, items }: MenuProps) => (
  <Base.Root modal={false}>
    <Base.Trigger className={buttonClass('quiet', true)} aria-label={children === undefined ? undefined : label}>
      {children ?? label}
    </Base.Trigger>
    <Base.Portal>
      <Base.Positioner className={styles.positioner} align="end" sideOffset={4}>
        <Base.Popup className={styles.popup}>
          {items.map(({ label: name, onSelect, danger = false, disabled = false }) => (
            <Base.Item
              key={name}
              className={danger ? `${styles.item} ${styles.danger}` : styles.item}
              onClick={onSelect}
              disabled={disabled}
            >
              {name}
            </Base.Item>
          ))}
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  </Base.Root>
);
