import { useId, useState } from 'react';
import { Link, NavLink, useLocation } from 'react-router';
import { navName } from '../page';
import { pages } from '../routes';
import { useSession } from '../session';
import type { User } from '../users';
import { Account } from './Account';
import { ThemeSwitch } from './ThemeSwitch';
import styles from './shell.module.css';

/** On a wide screen one row; on a phone the navigation is behind a button. */
export const Header = () => {
  const { user } = useSession();
  const { pathname } = useLocation();
  const place = `${user?.id} ${pathname}`;
  const [openAt, setOpenAt] = useState<string>(); // closed by going elsewhere, or being somebody else
  const open = openAt === place;
  const panel = useId();

  return (
    <header className={styles.header} onKeyDown={(event) => event.key === 'Escape' && setOpenAt(undefined)}>
      <Link to="/" className={styles.brand}>
        <img src="/favicon.svg" alt="" width="28" height="28" />
        Seatime
      </Link>
      {user !== null && (
        <>
          <button
            type="button"
            className={styles.toggle}
            aria-expanded={open}
            aria-controls={panel}
            onClick={() => setOpenAt(open ? undefined : place)}
          >
            <MenuIcon />
            Menu
          </button>
          <div id={panel} className={styles.panel} data-open={open}>
            <Navigation user={user} onGone={() => setOpenAt(undefined)} />
            <Account user={user} />
          </div>
        </>
      )}
      <ThemeSwitch />
    </header>
  );
};

/** `onGone`: a place was chosen, be it the one where one is. */
const Navigation = ({ user, onGone }: { user: User; onGone: () => void }) => (
  <nav className={styles.nav} aria-label="Main">
    {pages.map((page) => {
      const name = navName(page, user.role);
      if (name === undefined) return null;
      return (
        <NavLink key={page.path} to={page.path} end={page.path === '/'} onClick={onGone}>
          {name}
        </NavLink>
      );
    })}
  </nav>
);

const MenuIcon = () => (
  <svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" strokeWidth="2" aria-hidden="true">
    <path d="M4 7h16M4 12h16M4 17h16" strokeLinecap="round" />
  </svg>
);
