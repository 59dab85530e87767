/** Every page of the app: each is a chunk of its own, loaded when it is opened. */
import { AUTHORS, page, type Page } from './page';
import { adminPages } from './pages/admin/routes';
import { ownerPages } from './pages/owner/routes';

export const pages: readonly Page[] = [
  page('/', () => import('./pages/HomePage'), { nav: { learner: 'My courses', instructor: 'Courses', admin: 'Courses' } }),
  page('/courses/:courseId', () => import('./pages/learner/CoursePage')),
  page('/courses/:courseId/lessons/:lessonId', () => import('./pages/learner/LessonPage')),
  page('/courses/:courseId/upload', () => import('./pages/author/UploadPage'), { roles: AUTHORS }),
  ...ownerPages,
  ...adminPages,
];
