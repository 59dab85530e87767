import { AUTHORS, page, type Page } from '../../page';

/** What became of courses: for their owners, and for administrators. */
export const ownerPages: readonly Page[] = [
  page('/dashboard', () => import('./DashboardsPage'), { roles: AUTHORS, nav: 'Dashboards' }),
  page('/dashboard/courses/:courseId', () => import('./CourseDashboardPage'), { roles: AUTHORS }),
  page('/dashboard/lessons/:lessonId', () => import('./LessonDashboardPage'), { roles: AUTHORS }),
];
