import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { SERVICES } from '../../../seatime/api/admin';
import HealthPage from './HealthPage';
import { json, open, refusal, routes, serve } from './served';

serve();

describe('health', () => {
  it('shows each service by itself, also where another does not answer', async () => {
    const well = { ready: true, checks: { database: 'ok' }, since: {}, outbox: { waiting: 0, parked: 0, oldestSeconds: 0 }, waiting: [], consumers: [] };
    for (const service of ['upload', 'playback', 'analytics']) routes[`GET /api/operations/${service}/health`] = () => json({ service, ...well });
    routes['GET /api/operations/progress/health'] = () => refusal(502, 'bad-gateway', 'progress can’t be reached');
    open('/admin', <HealthPage />);
    await waitFor(() => expect(screen.getAllByText('All well')).toHaveLength(3));
    expect(within(screen.getByTestId('service-progress')).getByText('Does not answer')).toBeDefined();
    expect(screen.getByTestId('service-progress').textContent).toContain('progress can’t be reached');
  });

  it('says what is wrong, since when, and what to do', async () => {
    const down = { ready: false, checks: { database: 'no connection: refused', kafka: 'ok' }, since: { database: '2026-03-01T10:00:00Z' }, outbox: null, waiting: null, consumers: null };
    for (const service of SERVICES) routes[`GET /api/operations/${service}/health`] = () => json({ service, ...down });
    open('/admin', <HealthPage />);
    const card = await screen.findByTestId('service-upload');
    await within(card).findByText('Something is wrong');
    expect(card.textContent).toContain('Its database does not answer');
    expect(card.textContent).toContain('Mar 1, 2026');
    expect(card.textContent).toContain('Start PostgreSQL');
    expect(card.textContent).toContain('no connection: refused');
  });
});
