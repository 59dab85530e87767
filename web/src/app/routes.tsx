/** Every page of the app: each is a chunk of its own, loaded when it is opened. */
import { AUTHORS, page, type Page } from './page';
import { adminPages } from './pages/admin/routes';
import { ownerPages } from './pages/owner/routes';

export const pages: readonly Page[] = [
  page('/', () => import('./pages/HomePage'), { nav: { learner: 'My courses', instructor: 'Courses', admin: 'Courses' } }),
  page('/courses/:courseId', () => import('./pages/learner/CoursePage')),
  page('/courses/:courseId/lessons/:lessonId', () => import('./pages/learner/LessonPage')),
  page('/courses/:courseId/manage', () => import('./pages/author/ManageCoursePage'), { roles: AUTHORS }),
  page('/courses/:courseId/lessons/:lessonId/edit', () => import('./pages/author/EditLessonPage'), { roles: AUTHORS }),
  page('/uploads', () => import('./pages/author/UploadsPage'), { roles: AUTHORS, nav: 'Uploads' }),
  page('/courses/:courseId/upload', () => import('./pages/author/UploadPage'), { roles: AUTHORS }),
  ...ownerPages,
  ...adminPages,
];
