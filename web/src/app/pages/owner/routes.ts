import { AUTHORS, page, type Page } from '../../page';

/** What became of courses: for their owners, and for administrators. */
export const ownerPages: readonly Page[] = [
  page('/dashboard', () => import('./DashboardsPage'), { roles: AUTHORS, nav: 'Dashboards' }),
  page('/dashboard/courses/:courseId', () => import('./CourseDashboardPage'), { roles: AUTHORS }),
  page('/dashboard/courses/:courseId/reviews', () => import('./ReviewsPage'), { roles: AUTHORS }),
  page('/dashboard/courses/:courseId/exports', () => import('./ExportsPage'), { roles: AUTHORS }),
  page('/dashboard/courses/:courseId/cost', () => import('./CostPage'), { roles: AUTHORS }),
  page('/dashboard/lessons/:lessonId', () => import('./LessonDashboardPage'), { roles: AUTHORS }),
  page('/dashboard/lessons/:lessonId/learners', () => import('./LearnersPage'), { roles: AUTHORS }),
  page('/dashboard/lessons/:lessonId/learners/:learnerId', () => import('./LearnerPage'), { roles: AUTHORS }),
];
