import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { App } from '../App';
import { SessionProvider } from '../session';
import { chosenTheme } from './theme';

const users = [
  { id: 'lea', name: 'Lea', role: 'learner', token: 'l', note: 'watches' },
  { id: 'ines', name: 'Ines', role: 'owner', token: 'i', note: 'owns' },
  { id: 'ada', name: 'Ada', role: 'admin', token: 'a', note: 'runs' },
];
let demo: () => Response;
const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });

beforeEach(() => {
  demo = () => json({ users });
  vi.stubGlobal('fetch', async (url: string) => (url === '/demo/session' ? demo() : json({ courses: [], next: null })));
});
afterEach(() => {
  cleanup();
  sessionStorage.clear();
  localStorage.clear();
  delete document.documentElement.dataset['theme'];
  vi.unstubAllGlobals();
});

const open = (path = '/') =>
  render(
    <MemoryRouter initialEntries={[path]}>
      <SessionProvider>
        <App />
      </SessionProvider>
    </MemoryRouter>,
  );

const places = async () => {
  const nav = await screen.findByRole('navigation', { name: 'Main' });
  return [...nav.querySelectorAll('a')].map((link) => link.textContent);
};

describe('signing in', () => {
  it('is by role in a demo, and out again', async () => {
    open();
    fireEvent.click(await screen.findByTestId('sign-in-lea'));
    expect(await places()).toEqual(['My courses']);
    fireEvent.click(screen.getByRole('button', { name: 'Sign out' }));
    expect(await screen.findByTestId('sign-in-ines')).toBeTruthy();
    expect(localStorage.getItem('seatime.user')).toBeNull();
  });

  it('is by token where there is no demo', async () => {
    demo = () => json({}, 404);
    open();
    expect(await screen.findByLabelText('Token')).toBeTruthy();
  });

  it('waits for a demo that is just starting', async () => {
    const answers = [json({}, 502), json({ users })];
    demo = () => answers.shift() ?? json({ users });
    open();
    expect(await screen.findByTestId('sign-in-lea', {}, { timeout: 10_000 })).toBeTruthy();
  });
});

describe('the navigation', () => {
  it.each([
    ['lea', ['My courses']],
    ['ines', ['Courses', 'Uploads', 'Dashboards']],
  ])('of %s has what the role may open', async (user, expected) => {
    sessionStorage.setItem('seatime.user', user);
    open();
    expect(await places()).toEqual(expected);
  });

  it('of an administrator has more than an author’s', async () => {
    sessionStorage.setItem('seatime.user', 'ada');
    open();
    expect(await places()).toEqual(expect.arrayContaining(['Courses', 'Uploads', 'Dashboards']));
  });

  it('is closed on a phone by choosing a place, be it the one where one is', async () => {
    sessionStorage.setItem('seatime.user', 'ines');
    open();
    const toggle = await screen.findByRole('button', { name: 'Menu' });
    for (const name of ['Courses', 'Uploads']) {
      fireEvent.click(toggle);
      fireEvent.click(screen.getByRole('link', { name }));
      expect(toggle.getAttribute('aria-expanded')).toBe('false');
    }
  });

  it('is opened and closed on a phone, by Escape too', async () => {
    sessionStorage.setItem('seatime.user', 'ines');
    open();
    const toggle = await screen.findByRole('button', { name: 'Menu' });
    fireEvent.click(toggle);
    expect(toggle.getAttribute('aria-expanded')).toBe('true');
    fireEvent.keyDown(toggle, { key: 'Escape' });
    expect(toggle.getAttribute('aria-expanded')).toBe('false');
  });
});

describe('a page', () => {
  it('of another role is not opened', async () => {
    sessionStorage.setItem('seatime.user', 'lea');
    open('/uploads');
    expect((await screen.findByRole('alert')).textContent).toContain('Not for you');
  });
});

describe('light and dark', () => {
  it('follow the system until somebody chooses, and keep the choice', async () => {
    open();
    const change = await screen.findByTestId('theme');
    const shown = () => document.documentElement.dataset['theme'];
    expect([shown(), chosenTheme()]).toEqual([undefined, 'system']);
    fireEvent.click(change);
    expect([shown(), chosenTheme()]).toEqual(['light', 'light']);
    fireEvent.click(change);
    expect([shown(), chosenTheme()]).toEqual(['dark', 'dark']);
    fireEvent.click(change);
    expect([shown(), chosenTheme()]).toEqual([undefined, 'system']);
  });
});
