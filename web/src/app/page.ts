import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { Role } from './users';

export interface Page {
  path: string;
  /** In a chunk of its own. */
  component: LazyExoticComponent<ComponentType>;
  /** Who finds it; everybody where absent. What the page may read is for the services to decide. */
  roles?: readonly Role[];
  /** Its name in the navigation, where it has a place there. */
  nav?: string | Partial<Record<Role, string>>;
}

export const AUTHORS: readonly Role[] = ['instructor', 'admin'];
export const ADMINS: readonly Role[] = ['admin'];

type Module = Promise<{ default: ComponentType }>;

/** `page('/courses', () => import('./pages/CoursesPage'))` */
export const page = (path: string, load: () => Module, rest: Omit<Page, 'path' | 'component'> = {}): Page => ({
  path,
  component: lazy(load),
  ...rest,
});

export const mayOpen = ({ roles }: Page, role: Role): boolean => roles === undefined || roles.includes(role);

/** What a page is called in the navigation of somebody with this role; undefined where it is not in it. */
export const navName = (one: Page, role: Role): string | undefined =>
  !mayOpen(one, role) ? undefined : typeof one.nav === 'object' ? one.nav[role] : one.nav;
