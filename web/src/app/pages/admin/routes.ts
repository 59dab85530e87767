import type { Page } from '../../page';

/** Running the platform: for administrators. */
export const adminPages: readonly Page[] = [];
