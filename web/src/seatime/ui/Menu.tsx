/** A button with a list of actions: arrow keys, typing ahead, Escape. What the list is made of is fetched with the first one. */
import { Suspense, lazy, useState, type KeyboardEvent, type ReactNode } from 'react';
import { buttonClass } from './Button';

export interface MenuItem {
  label: string;
  onSelect: () => void;
  danger?: boolean;
  disabled?: boolean;
}

export interface MenuProps {
  /** What the button is called; shown unless `children` are. */
  label: string;
  children?: ReactNode;
  items: readonly MenuItem[];
}

const fetchParts = () => import('./MenuParts');
const MenuParts = lazy(fetchParts);

export const Menu = (props: MenuProps) => {
  const [asked, setAsked] = useState(false);
  const { label, children } = props;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    setAsked(true);
  };
  const closed = (
    <button
      type="button"
      className={buttonClass('quiet', true)}
      aria-label={children === undefined ? undefined : label}
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={() => void fetchParts()}
      onFocus={() => void fetchParts()}
      onKeyDown={onKeyDown}
      onClick={() => setAsked(true)}
    >
      {children ?? label}
    </button>
  );
  if (!asked) return closed;
  return (
    <Suspense fallback={closed}>
      <MenuParts {...props} />
    </Suspense>
  );
};
