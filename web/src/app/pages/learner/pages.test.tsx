/** A learner's pages over answers of the services, some of them refusals. */
import { cleanup, render, screen, within } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { App } from '../../App';
import { SessionProvider } from '../../session';

const USERS = [{ id: 'lea', name: 'Lea', role: 'learner', token: 'l', note: 'watches' }];
type Answer = { status: number; body: unknown };
let answers: Record<string, Answer>;
const asked: string[] = [];

const ok = (body: unknown): Answer => ({ status: 200, body });
const refusal = (status: number, slug: string, title: string): Answer => ({
  status,
  body: { type: `urn:seatime:problem:${slug}`, title, status, detail: title },
});
const summary = (id: string, title: string, isPublic = false) => ({ id, title, ownerId: 'o', published: true, public: isPublic });
const lesson = (id: string, position: number, more = {}) => ({
  id,
  title: `Lesson ${id}`,
  position,
  required: true,
  videoProvider: 'mux',
  processingStatus: 'ready',
  duration: 60,
  ...more,
});
const own = (courseId: string, standing: string, access: string | null, expiresAt: string | null = null) => ({
  courseId,
  standing,
  access,
  expiresAt,
});
const progress = (lessons: unknown[] = []) => ok({ courseId: 'c1', complete: false, reasons: [], lessons, verified: 0, minVerified: 0 });

beforeEach(() => {
  asked.length = 0;
  answers = {
    '/demo/session': ok({ users: USERS }),
    '/api/courses': ok({ courses: [summary('c1', 'Ropes'), summary('c2', 'Knots'), summary('c3', 'Sails', true)], next: null }),
    '/api/courses/c1': ok({ ...summary('c1', 'Ropes'), rules: {}, version: 1, lessons: [lesson('a', 1), lesson('b', 2)] }),
    '/api/progress/courses/c1': progress([{ lessonId: 'a', coverage: 0.5, complete: false, required: true }]),
    '/api/progress/courses/c2': progress(),
    '/api/progress/courses/c3': progress(),
    '/api/playback/enrollments': ok({ enrollments: [own('c1', 'active', 'enrolled')], next: null }),
    '/api/playback/enrollments/c1': ok(own('c1', 'active', 'enrolled')),
  };
  vi.stubGlobal('fetch', async (url: string) => {
    const { pathname } = new URL(url, 'http://here');
    asked.push(pathname);
    const { status, body } = answers[pathname] ?? refusal(404, 'not-found', 'Nothing here');
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } });
  });
  sessionStorage.setItem('seatime.user', 'lea');
});
afterEach(() => {
  cleanup();
  sessionStorage.clear();
  localStorage.clear();
  vi.unstubAllGlobals();
});

const open = (path: string) =>
  render(
    <MemoryRouter initialEntries={[path]}>
      <SessionProvider>
        <App />
      </SessionProvider>
    </MemoryRouter>,
  );
const patience = { timeout: 20_000 };

describe('the first page', () => {
  it('has one’s own courses first, and says of the others why they are not', async () => {
    open('/');
    const others = await screen.findByRole('region', { name: 'Other courses' }, patience);
    expect(within(others).getAllByRole('link').map((link) => link.textContent)).toEqual(['Knots', 'Sails']);
    expect(within(others).getAllByTestId('enrollment').map((pill) => pill.textContent)).toEqual(['Not enrolled', 'Open to everybody']);
    expect(screen.getAllByRole('link').map((link) => link.textContent)).toContain('Ropes');
  });

  it('has all courses where enrolments can’t be read', async () => {
    answers['/api/playback/enrollments'] = refusal(503, 'unavailable', 'Away');
    open('/');
    expect(await screen.findByRole('link', { name: 'Sails' }, patience)).toBeTruthy();
    expect(screen.queryByRole('region', { name: 'Other courses' })).toBeNull();
    expect(screen.queryByTestId('enrollment')).toBeNull();
  });

  it('says to whom nothing is enrolled what happens next', async () => {
    answers['/api/playback/enrollments'] = ok({ enrollments: [], next: null });
    open('/');
    expect(await screen.findByText('You are not enrolled in a course yet', {}, patience)).toBeTruthy();
  });
});

describe('a course’s outline', () => {
  it('goes on where one was, and says nothing of an enrolment that has no end', async () => {
    open('/courses/c1');
    expect((await screen.findByRole('link', { name: /^Continue.*Lesson a$/ }, patience)).getAttribute('href')).toBe('/courses/c1/lessons/a');
    expect(screen.queryByTestId('enrollment')).toBeNull();
  });

  it.each([
    ['expired', '2026-11-01T12:00:00Z', /^Your enrolment ended on .*2026/],
    ['suspended', null, /suspended/],
    ['removed', null, /no longer enrolled/],
    ['none', null, /not enrolled/],
  ])('says that the enrolment is %s, and offers nothing that would be refused', async (standing, expiresAt, told) => {
    answers['/api/playback/enrollments/c1'] = ok(own('c1', standing, null, expiresAt));
    open('/courses/c1');
    expect((await screen.findByTestId('enrollment', {}, patience)).textContent).toMatch(told);
    expect(screen.queryByRole('link', { name: /Continue|Start/ })).toBeNull();
    expect(screen.getAllByTestId('lesson-row')).toHaveLength(2);
  });

  it('is there all the same where enrolments and progress can’t be read', async () => {
    answers['/api/playback/enrollments/c1'] = refusal(503, 'unavailable', 'Away');
    answers['/api/progress/courses/c1'] = refusal(503, 'unavailable', 'Away');
    open('/courses/c1');
    expect(await screen.findAllByTestId('lesson-row', {}, patience)).toHaveLength(2);
  });

  it.each([
    [404, 'Not found'],
    [403, 'Not for you'],
  ])('that is refused with %i leads back to the courses', async (status, title) => {
    answers['/api/courses/c1'] = refusal(status, 'refused', 'There is no such course.');
    open('/courses/c1');
    expect(await screen.findByRole('heading', { level: 1, name: title }, patience)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'All courses' }).getAttribute('href')).toBe('/');
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  it('asks for the map of a lesson when it comes near the screen', async () => {
    const seen: ((entries: { isIntersecting: boolean }[]) => void)[] = [];
    vi.stubGlobal(
      'IntersectionObserver',
      class {
        constructor(tell: (typeof seen)[number]) {
          seen.push(tell);
        }
        observe = () => undefined;
        disconnect = () => undefined;
      },
    );
    open('/courses/c1');
    await screen.findAllByTestId('lesson-row', {}, patience);
    expect(asked).not.toContain('/api/progress/lessons/a');
    seen.forEach((tell) => tell([{ isIntersecting: true }]));
    await vi.waitFor(() => expect(asked).toContain('/api/progress/lessons/a'), patience);
  });
});

describe('a lesson that is not in the course', () => {
  it('leads to those that are', async () => {
    open('/courses/c1/lessons/zz');
    expect((await screen.findByRole('link', { name: 'All its lessons' }, patience)).getAttribute('href')).toBe('/courses/c1');
  });
});
