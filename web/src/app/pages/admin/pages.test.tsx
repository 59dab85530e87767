import { cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { MemoryRouter, Route, Routes } from 'react-router';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSeatimeApi, SeatimeProvider } from '../../../seatime';
import type { Letter, SigningKey } from '../../../seatime/api/admin';
import DeadLettersPage from './DeadLettersPage';
import EnrollmentsPage from './EnrollmentsPage';
import HealthPage from './HealthPage';
import KeysPage from './KeysPage';
import WebhooksPage from './WebhooksPage';

// A machine that has much else to do takes its time.
configure({ asyncUtilTimeout: 20_000 });
vi.setConfig({ testTimeout: 60_000 });

/** The services' routes, as `METHOD /path` without its query. */
let routes: Record<string, (body: Record<string, unknown>) => Response>;
const asked: { what: string; body: Record<string, unknown> }[] = [];

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
const refusal = (status: number, slug: string, detail: string) =>
  json({ type: `urn:seatime:problem:${slug}`, title: slug, status, detail }, status);

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

const open = (path: string, page: React.ReactNode) => {
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
const button = (name: string | RegExp, among: HTMLElement = document.body) => within(among).getByRole('button', { name });
const sent = (what: string) => asked.filter((one) => one.what === what).map(({ body }) => body);

const letter = (more: Partial<Letter> = {}): Letter => ({
  topic: 'lesson.changed',
  partition: 0,
  offset: 4,
  buriedAt: '2026-03-01T10:00:00Z',
  reason: 'unparsable',
  error: 'ValidationError: title is missing',
  originPartition: 2,
  originOffset: 99,
  eventId: 'e-4',
  key: 'lesson-1',
  size: 120,
  preview: '{"lessonId": "lesson-1"',
  cut: false,
  redrivenBefore: false,
  state: 'open',
  noted: [],
  ...more,
});

describe('dead letters', () => {
  let letters: Letter[];

  const answering = (...services: string[]) => {
    for (const name of ['upload', 'playback', 'progress', 'analytics']) {
      routes[`GET /api/operations/${name}/dead-letters`] = () =>
        json({ letters: services.includes(name) ? letters : [], more: [] });
    }
  };
  beforeEach(() => {
    letters = [letter()];
    answering('playback');
  });

  it('are redriven from the service that buried them, with the reason that was given', async () => {
    routes['POST /api/operations/playback/dead-letters/redrive'] = () => {
      letters = [letter({ state: 'asked' })];
      return json({ noted: 1, unchanged: 0 }, 202);
    };
    open('/admin/dead-letters', <DeadLettersPage />);
    fireEvent.click(await screen.findByRole('button', { name: 'Redrive…' }));
    const dialog = await screen.findByRole('dialog');
    expect(dialog.textContent).toContain('nothing counts twice');
    fireEvent.change(within(dialog).getByLabelText('Why'), { target: { value: ' parser mended ' } });
    fireEvent.click(button('Redrive', dialog));
    await waitFor(() =>
      expect(sent('POST /api/operations/playback/dead-letters/redrive')).toEqual([
        { topic: 'lesson.changed', first: 4, last: 4, note: 'parser mended' },
      ]),
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(await screen.findByText('Nothing to decide')).toBeDefined();
  });

  it('stay as they are, with the reason, where that fails', async () => {
    routes['POST /api/operations/playback/dead-letters/discard'] = () => refusal(503, 'database-unavailable', 'the database is down');
    open('/admin/dead-letters', <DeadLettersPage />);
    fireEvent.click(await screen.findByRole('button', { name: 'Discard…' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.click(button('Discard', dialog));
    expect((await within(dialog).findByRole('alert')).textContent).toContain('the database is down');
    expect(screen.getByTestId('letter').dataset['state']).toBe('open');
  });

  it('are not redriven when the dialog is closed', async () => {
    open('/admin/dead-letters', <DeadLettersPage />);
    fireEvent.click(await screen.findByRole('button', { name: 'Redrive…' }));
    fireEvent.click(button('Cancel', await screen.findByRole('dialog')));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(asked.every(({ what }) => what.startsWith('GET'))).toBe(true);
  });

  it('of one service are shown though another does not answer', async () => {
    routes['GET /api/operations/progress/dead-letters'] = () => refusal(503, 'broker-unavailable', 'Kafka does not answer');
    open('/admin/dead-letters', <DeadLettersPage />);
    expect(await screen.findByTestId('letter')).toBeDefined();
    expect(screen.getByRole('alert').textContent).toContain('progress: Kafka does not answer');
  });

  it('that are settled offer nothing more', async () => {
    letters = [letter({ state: 'redriven' })];
    open('/admin/dead-letters?tab=decided', <DeadLettersPage />);
    const card = await screen.findByTestId('letter');
    expect(within(card).queryAllByRole('button')).toEqual([]);
    expect(card.textContent).toContain('Redriven');
  });

  it('are text, whatever is in them', async () => {
    letters = [letter({ preview: '<img src=x onerror=alert(1)>', error: '<script>alert(1)</script>' })];
    open('/admin/dead-letters', <DeadLettersPage />);
    const card = await screen.findByTestId('letter');
    expect(card.querySelector('img, script')).toBeNull();
    expect(card.textContent).toContain('<img src=x onerror=alert(1)>');
  });
});

describe('many enrolments', () => {
  beforeEach(() => {
    routes['GET /api/courses'] = () => json({ courses: [{ id: 'c1', title: 'Ropes' }], next: null });
    routes['GET /api/courses/c1/enrollments'] = () => json({ enrollments: [], next: null });
  });

  it('are reported on by the line where they stand, the refused ones first', async () => {
    routes['PUT /api/courses/c1/enrollments'] = () =>
      json({
        changed: 1,
        unchanged: 0,
        refused: 1,
        rows: [
          { row: 0, learnerId: 'ada', outcome: 'changed', version: 1, problem: null },
          { row: 1, learnerId: null, outcome: 'refused', version: null, problem: 'status: should be active' },
        ],
      });
    open('/admin/enrollments?course=c1', <EnrollmentsPage />);
    const many = await screen.findByRole('region', { name: 'Enrol many' });
    fireEvent.change(within(many).getByRole('textbox'), { target: { value: 'learnerId,status\n\nada,active\nb o,perhaps\n' } });
    fireEvent.click(button('Apply 2 rows', many));
    const refused = await screen.findByTestId('report-refused');
    expect(refused.textContent).toBe('4b orefusedstatus: should be active');
    expect(within(many).getByRole('status').textContent).toBe('1 changed, 0 as they were, 1 refused.');
    expect(sent('PUT /api/courses/c1/enrollments')).toEqual([
      { enrollments: [{ learnerId: 'ada', status: 'active' }, { learnerId: 'b o', status: 'perhaps' }] },
    ]);
    const outcomes = within(many).getAllByTestId(/^report-/).map((row) => row.dataset['testid']);
    expect(outcomes).toEqual(['report-refused', 'report-changed']);
  });

  it('are kept in the form where nothing could be applied', async () => {
    routes['PUT /api/courses/c1/enrollments'] = () => refusal(403, 'not-course-owner', 'not yours');
    open('/admin/enrollments?course=c1', <EnrollmentsPage />);
    const many = await screen.findByRole('region', { name: 'Enrol many' });
    const area = within(many).getByRole<HTMLTextAreaElement>('textbox');
    fireEvent.change(area, { target: { value: 'ada' } });
    fireEvent.click(button('Apply 1 row', many));
    expect((await within(many).findByRole('alert')).textContent).toContain('Nothing was applied');
    expect(area.value).toBe('ada');
  });
});

describe('signing keys', () => {
  const key = (more: Partial<SigningKey>): SigningKey => ({
    keyId: 'k1',
    state: 'signs',
    createdAt: '2026-03-01T10:00:00Z',
    createdBy: 'ada',
    revokedAt: null,
    revokedBy: null,
    ...more,
  });
  const path = '/api/playback/signing-keys';
  beforeEach(() => {
    const keys = [key({}), key({ keyId: 'k0', state: 'verifies' }), key({ keyId: 'x', state: 'foreign' }), key({ keyId: 'r', state: 'revoked' })];
    routes[`GET ${path}`] = () => json({ keys, tokenLifeS: 3600 });
  });

  it('are revoked only if they are ours and good, and the reason is shown where they can’t be', async () => {
    routes[`DELETE ${path}/k0`] = () => refusal(409, 'key-not-revocable', 'k0 is the last key: rotate first');
    open('/admin/keys', <KeysPage />);
    await screen.findAllByTestId('key');
    expect(screen.getAllByRole('button', { name: /^Revoke/ }).map((one) => one.getAttribute('aria-label'))).toEqual(['Revoke k1', 'Revoke k0']);
    fireEvent.click(button('Revoke k0'));
    const dialog = await screen.findByRole('alertdialog');
    fireEvent.click(button('Revoke', dialog));
    expect((await within(dialog).findByRole('alert')).textContent).toBe('k0 is the last key: rotate first');
  });

  it('are made only after a yes', async () => {
    routes[`POST ${path}`] = () => json({ keyId: 'k2' }, 201);
    open('/admin/keys', <KeysPage />);
    fireEvent.click(await screen.findByRole('button', { name: 'Rotate…' }));
    const dialog = await screen.findByRole('alertdialog');
    expect(sent(`POST ${path}`)).toEqual([]);
    fireEvent.click(button('Rotate', dialog));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(sent(`POST ${path}`)).toHaveLength(1);
    await waitFor(() => expect(sent(`GET ${path}`).length).toBeGreaterThan(1));
  });

  it('name the setting that is missing', async () => {
    routes[`GET ${path}`] = () => refusal(503, 'not-configured', 'MUX_TOKEN_ID is not set');
    open('/admin/keys', <KeysPage />);
    expect((await screen.findByRole('alert')).textContent).toContain('MUX_TOKEN_ID is not set');
  });
});

describe('health', () => {
  it('shows each service by itself, also where another does not answer', async () => {
    const well = { ready: true, checks: { database: 'ok' }, outbox: { waiting: 0, parked: 0, oldestSeconds: 0 }, waiting: [], consumers: [] };
    for (const service of ['upload', 'playback', 'analytics']) routes[`GET /api/operations/${service}/health`] = () => json({ service, ...well });
    routes['GET /api/operations/progress/health'] = () => refusal(502, 'bad-gateway', 'progress can’t be reached');
    open('/admin', <HealthPage />);
    await waitFor(() => expect(screen.getAllByText('All well')).toHaveLength(3));
    expect(within(screen.getByTestId('service-progress')).getByText('Does not answer')).toBeDefined();
    expect(within(screen.getByTestId('service-progress')).getByRole('alert').textContent).toContain('progress can’t be reached');
  });
});

describe('webhooks', () => {
  const webhook = {
    id: 'w1',
    url: 'https://lms.example.org/hook',
    description: '',
    eventTypes: ['lesson.completed'],
    enabled: true,
    disabledAt: null,
    disabledReason: null,
    createdAt: '2026-03-01T10:00:00Z',
    createdBy: 'ada',
    deliveredAt: null,
    failingSince: null,
    lastError: null,
    restingUntil: null,
    pending: 2,
    secrets: [],
  };
  const path = '/api/analytics/webhooks';

  it('show a secret once, when it is made', async () => {
    routes[`GET ${path}`] = () => json({ webhooks: sent(`POST ${path}`).length === 0 ? [] : [webhook] });
    routes[`POST ${path}`] = () => json({ ...webhook, secret: 'whsec_abc' }, 201);
    open('/admin/webhooks', <WebhooksPage />);
    await screen.findByText('No receivers yet');
    fireEvent.change(screen.getByLabelText('Address'), { target: { value: ` ${webhook.url} ` } });
    fireEvent.click(button('Add'));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByTestId('secret').textContent).toBe('whsec_abc');
    expect(sent(`POST ${path}`)).toEqual([
      { url: webhook.url, description: '', eventTypes: ['lesson.completed', 'course.completed'] },
    ]);
    fireEvent.click(button('It is kept', dialog));
    await waitFor(() => expect(screen.queryByText('whsec_abc')).toBeNull());
    expect(await screen.findByTestId('webhook')).toBeDefined();
  });

  it('are deleted after a yes that says what is lost', async () => {
    routes[`GET ${path}`] = () => json({ webhooks: [webhook] });
    routes[`DELETE ${path}/w1`] = () => new Response(null, { status: 204 });
    open('/admin/webhooks', <WebhooksPage />);
    fireEvent.click(await screen.findByRole('button', { name: 'Delete…' }));
    const dialog = await screen.findByRole('alertdialog');
    expect(dialog.textContent).toContain('2 deliveries that wait are never sent');
    expect(sent(`DELETE ${path}/w1`)).toEqual([]);
    fireEvent.click(button('Delete', dialog));
    await waitFor(() => expect(sent(`DELETE ${path}/w1`)).toHaveLength(1));
  });
});
