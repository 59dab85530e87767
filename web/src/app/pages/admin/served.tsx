/** Pages in a test: services that answer as the test says, and what they were asked. */
import { cleanup, configure, render, screen, within } from '@testing-library/react';
import type { ReactNode } from 'react';
import { MemoryRouter, Route, Routes } from 'react-router';
import { afterEach, beforeEach, vi } from 'vitest';
import { createSeatimeApi, SeatimeProvider } from '../../../seatime';

// A machine that has much else to do takes its time.
configure({ asyncUtilTimeout: 20_000 });
vi.setConfig({ testTimeout: 60_000 });

type Answer = (body: Record<string, unknown>) => Response;

/** The services' routes, as `METHOD /path` without its query. */
export let routes: Record<string, Answer> = {};
const asked: { what: string; body: Record<string, unknown> }[] = [];

export const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
export const refusal = (status: number, slug: string, detail: string) =>
  json({ type: `urn:seatime:problem:${slug}`, title: slug, status, detail }, status);

/** In each test of the file that calls it. */
export const serve = () => {
  beforeEach(() => {
    routes = {};
    asked.length = 0;
    vi.stubGlobal('fetch', async (url: string, { method, body }: { method: string; body: string | null }) => {
      const what = `${method} ${url.split('?')[0]}`;
      const said = body === null ? {} : (JSON.parse(body) as Record<string, unknown>);
      asked.push({ what, body: said });
      return routes[what]?.(said) ?? refusal(404, 'not-found', `nothing at ${what}`);
    });
  });
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
  });
};

export const open = (path: string, page: ReactNode) => {
  const api = createSeatimeApi({ token: () => 'token' });
  render(
    <MemoryRouter initialEntries={[path]}>
      <SeatimeProvider api={api}>
        <Routes>
          <Route path="*" element={page} />
        </Routes>
      </SeatimeProvider>
    </MemoryRouter>,
  );
};

export const button = (name: string | RegExp, among?: HTMLElement) =>
  (among === undefined ? screen : within(among)).getByRole('button', { name });

/** The bodies that a route was sent. */
export const sent = (what: string) => asked.filter((one) => one.what === what).map(({ body }) => body);
/** Nothing but questions. */
export const onlyRead = () => asked.every(({ what }) => what.startsWith('GET'));
