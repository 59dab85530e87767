import { Suspense, lazy } from 'react';
import { Route, Routes } from 'react-router';
import { ErrorBoundary } from './ErrorBoundary';
import { Header } from './Header';
import { Loading, Notice } from './Notice';
import { useSession } from './session';
import { CoursePage } from './pages/CoursePage';
import { HomePage } from './pages/HomePage';
import { SignInPage } from './pages/SignInPage';

const UploadPage = lazy(() => import('./pages/UploadPage'));
const CourseDashboardPage = lazy(() => import('./pages/CourseDashboardPage'));
const LessonDashboardPage = lazy(() => import('./pages/LessonDashboardPage'));

export const App = () => {
  const { loading, user } = useSession();
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Header />
      <main id="main">
        <ErrorBoundary>
          {loading ? <Loading what="Signing in" /> : user === null ? <SignInPage /> : <Pages key={user.id} />}
        </ErrorBoundary>
      </main>
    </>
  );
};

/** Remounted when the user changes: nothing that one may see stays on another's screen. */
const Pages = () => (
  <Suspense fallback={<Loading what="Loading" />}>
    <Routes>
      <Route path="/" element={<HomePage />} />
      <Route path="/courses/:courseId" element={<CoursePage />} />
      <Route path="/courses/:courseId/lessons/:lessonId" element={<CoursePage />} />
      <Route path="/courses/:courseId/upload" element={<UploadPage />} />
      <Route path="/dashboard/courses/:courseId" element={<CourseDashboardPage />} />
      <Route path="/dashboard/lessons/:lessonId" element={<LessonDashboardPage />} />
      <Route path="*" element={<Notice title="Page not found" message="There is nothing at this address." />} />
    </Routes>
  </Suspense>
);
