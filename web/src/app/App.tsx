import { Suspense } from 'react';
import { Link, Route, Routes } from 'react-router';
import { buttonClass } from '../seatime/ui/Button';
import { ErrorBoundary } from './ErrorBoundary';
import { Loading, Notice } from './Notice';
import { mayOpen, type Page } from './page';
import { SignInPage } from './pages/SignInPage';
import { pages } from './routes';
import { useSession } from './session';
import { Header } from './shell/Header';
import type { User } from './users';

export const App = () => {
  const { loading, user } = useSession();
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Header />
      <main id="main" tabIndex={-1}>
        <ErrorBoundary>
          {loading ? <Loading what="Signing in" /> : user === null ? <SignInPage /> : <Pages key={user.id} user={user} />}
        </ErrorBoundary>
      </main>
    </>
  );
};

/** Remounted when the user changes: nothing that one may see stays on another's screen. */
const Pages = ({ user }: { user: User }) => (
  <Suspense fallback={<Loading what="Loading" />}>
    <Routes>
      {pages.map((page) => (
        <Route key={page.path} path={page.path} element={<Opened page={page} user={user} />} />
      ))}
      <Route path="*" element={<NoSuchPage />} />
    </Routes>
  </Suspense>
);

const Opened = ({ page, user }: { page: Page; user: User }) => {
  if (mayOpen(page, user.role)) return <page.component />;
  return (
    <Notice alert whole title="Not for you" message="This page is for others; your courses are on the first one.">
      <ToCourses />
    </Notice>
  );
};

const NoSuchPage = () => (
  <Notice whole title="Page not found" message="There is nothing at this address.">
    <ToCourses />
  </Notice>
);

const ToCourses = () => (
  <Link className={buttonClass()} to="/">
    All courses
  </Link>
);
