/** What `Menu.tsx` fetches when one opens; it is open at once. */
import { Menu as Base } from '@base-ui/react/menu';
import { buttonClass } from './Button';
import type { MenuProps } from './Menu';
import styles from './menu.module.css';

/** Where the list goes: into the page's main part, as all of a page should be in one of its landmarks. */
const place = (): HTMLElement | undefined => document.querySelector<HTMLElement>('main') ?? undefined;

export default function MenuParts({ label, children, items }: MenuProps) {
  return (
    <Base.Root modal={false} defaultOpen>
      <Base.Trigger className={buttonClass('quiet', true)} aria-label={children === undefined ? undefined : label}>
        {children ?? label}
      </Base.Trigger>
      <Base.Portal container={place()}>
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
}
