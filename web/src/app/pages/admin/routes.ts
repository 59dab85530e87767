import { ADMINS, page, type Page } from '../../page';

/** Running the platform: for administrators. */
export const adminPages: readonly Page[] = [
  page('/admin', () => import('./HealthPage'), { roles: ADMINS, nav: 'Platform' }),
  page('/admin/dead-letters', () => import('./DeadLettersPage'), { roles: ADMINS }),
  page('/admin/migrations', () => import('./MigrationsPage'), { roles: ADMINS }),
  page('/admin/migrations/:migrationId', () => import('./MigrationPage'), { roles: ADMINS }),
  page('/admin/enrollments', () => import('./EnrollmentsPage'), { roles: ADMINS }),
  page('/admin/keys', () => import('./KeysPage'), { roles: ADMINS }),
  page('/admin/webhooks', () => import('./WebhooksPage'), { roles: ADMINS }),
  page('/admin/drift', () => import('./DriftPage'), { roles: ADMINS }),
  page('/admin/cost', () => import('./PlatformCostPage'), { roles: ADMINS }),
];
