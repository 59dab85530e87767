import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SigningKey } from '../../../seatime/api/admin';
import KeysPage from './KeysPage';
import { button, json, open, refusal, routes, sent, serve } from './served';

serve();

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
