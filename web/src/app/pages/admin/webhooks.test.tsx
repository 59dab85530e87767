import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { button, json, open, routes, sent, serve } from './served';
import WebhooksPage from './WebhooksPage';

serve();

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
