import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Letter } from '../../../seatime/api/admin';
import DeadLettersPage from './DeadLettersPage';
import { button, json, onlyRead, open, refusal, routes, sent, serve } from './served';

serve();

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
    expect(onlyRead()).toBe(true);
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
