import { useEffect, useRef, type ReactNode } from 'react';
import { NavLink } from 'react-router';
import { useTitle } from '../../useTitle';
import styles from './admin.module.css';

const PARTS = [
  { path: '/admin', name: 'Health', end: true },
  { path: '/admin/dead-letters', name: 'Dead letters' },
  { path: '/admin/migrations', name: 'Migration' },
  { path: '/admin/enrollments', name: 'Enrolments' },
  { path: '/admin/keys', name: 'Keys' },
  { path: '/admin/webhooks', name: 'Webhooks' },
  { path: '/admin/drift', name: 'Mux drift' },
  { path: '/admin/cost', name: 'Cost' },
] as const;

interface AdminHeadProps {
  title: string;
  /** What the page is for, in a sentence. */
  children?: ReactNode;
}

/** What a page of the platform is about, and the way to the others. */
export const AdminHead = ({ title, children }: AdminHeadProps) => {
  useTitle(title);
  const parts = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the place where one is may be out of sight.
    parts.current?.querySelector('[aria-current]')?.scrollIntoView?.({ block: 'nearest', inline: 'center' });
  }, []);
  return (
    <header className={styles.head}>
      <nav ref={parts} className={styles.parts} aria-label="Of the platform">
        {PARTS.map(({ path, name, ...rest }) => (
          <NavLink key={path} to={path} {...rest}>
            {name}
          </NavLink>
        ))}
      </nav>
      <h1>{title}</h1>
      {children !== undefined && <p className="muted">{children}</p>}
    </header>
  );
};
