import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSeatimeApi } from '../api/client';
import type { CaptionText } from '../api/types';
import { SeatimeProvider } from '../context';
import { LessonCaptions } from './LessonCaptions';
import { languagesFor, ownName } from './languages';

const VTT = 'WEBVTT\n\n00:00.000 --> 00:02.000\nTake the rope.\n';

/** The upload service's captions of one lesson, as its routes answer. */
let kept: CaptionText[];
const asked: string[] = [];

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
const refusal = (status: number, slug: string, detail: string, more = {}) =>
  json(status, { type: `urn:seatime:problem:${slug}`, title: slug, status, detail, ...more });

const caption = (more: Partial<CaptionText> = {}): CaptionText => ({
  id: 'c1',
  languageCode: 'en',
  name: 'English',
  source: 'uploaded',
  closedCaptions: false,
  status: 'ready',
  error: null,
  revision: 1,
  vtt: VTT,
  ...more,
});

const answer = (method: string, id: string | undefined, body: Record<string, unknown>): Response => {
  const found = kept.find((one) => one.id === id);
  if (method === 'GET') return json(200, id === undefined ? { captions: kept } : found);
  if (method === 'DELETE') {
    kept = kept.filter((one) => one !== found);
    return new Response(null, { status: 204 });
  }
  const text = body['vtt'];
  if (typeof text === 'string' && text.includes(',')) {
    return refusal(422, 'invalid-captions', 'line 3: a full stop goes before the milliseconds', { line: 3 });
  }
  if (found !== undefined && body['revision'] !== found.revision) return refusal(409, 'edited-meanwhile', 'revision 2 is the newest');
  const made = { ...caption(), ...found, ...body, revision: (found?.revision ?? 0) + 1 } as CaptionText;
  kept = [...kept.filter((one) => one !== found), made];
  return json(found === undefined ? 201 : 200, made);
};

beforeEach(() => {
  kept = [];
  asked.length = 0;
  vi.stubGlobal('fetch', async (url: string, { method, body }: { method: string; body: string | null }) => {
    asked.push(`${method} ${url}`);
    return answer(method, url.split('/captions/')[1], body === null ? {} : (JSON.parse(body) as Record<string, unknown>));
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const api = createSeatimeApi({ token: () => 'bearer' });
const show = async (...captions: CaptionText[]) => {
  kept = captions;
  render(
    <SeatimeProvider api={api}>
      <LessonCaptions lessonId="l1" />
    </SeatimeProvider>,
  );
  await screen.findByText('Add captions');
};
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
const edit = async (text: string) => {
  press('Edit: English');
  fireEvent.change(await screen.findByRole('textbox'), { target: { value: text } });
  press('Save');
};

describe('the captions of a lesson', () => {
  it('are listed with language, origin, status and the reason', async () => {
    await show(
      caption(),
      caption({ id: 'c2', languageCode: 'de', name: 'Deutsch', source: 'generated', status: 'waiting', error: 'Mux is away' }),
      caption({ id: 'c3', name: 'Old', status: 'outdated', error: 'made for a video of another length' }),
      caption({ id: 'c4', name: 'Burnt', source: 'embedded', revision: null }),
    );
    const rows = screen.getAllByTestId('caption');
    expect(rows[0]?.textContent).toMatch(/English · uploaded.*Ready/);
    expect(rows[1]?.textContent).toMatch(/German · generated.*Waiting.*Mux is away\./);
    expect(rows[2]?.textContent).toMatch(/Outdated.*another length/);
    expect(rows[3] && within(rows[3]).queryByRole('button')).toBeNull();
  });

  it('are generated in a language that is spoken', async () => {
    await show();
    fireEvent.change(screen.getByLabelText('Spoken language'), { target: { value: 'de' } });
    press('Generate');
    expect(await screen.findByTestId('caption')).toBeTruthy();
    expect(kept[0]).toMatchObject({ languageCode: 'de', name: 'Deutsch', generate: true });
  });

  it('are taken from a file, which is refused with the server’s words', async () => {
    await show();
    fireEvent.click(screen.getByLabelText('Upload a WebVTT file'));
    const choose = (text: string) => {
      const file = Object.assign(new File([text], 'a.vtt'), { text: () => Promise.resolve(text) });
      fireEvent.change(screen.getByLabelText('File'), { target: { files: [file] } });
      fireEvent.submit(screen.getByRole('button', { name: 'Upload' }).closest('form') as HTMLFormElement);
    };
    choose(VTT.replace('.000', ',000'));
    expect((await screen.findByRole('alert')).textContent).toMatch(/line 3/);
    choose(VTT);
    expect(await screen.findByTestId('caption')).toBeTruthy();
    expect(kept[0]).toMatchObject({ languageCode: 'en', vtt: VTT, closedCaptions: false });
  });

  it('are edited; what is wrong is said and its line selected', async () => {
    await show(caption());
    await edit(VTT.replace('.000', ',000'));
    expect((await screen.findByRole('alert')).textContent).toMatch(/line 3/);
    const area = screen.getByRole<HTMLTextAreaElement>('textbox');
    expect(area.value.slice(area.selectionStart, area.selectionEnd)).toBe('00:00,000 --> 00:02.000');
    fireEvent.change(area, { target: { value: VTT.replace('rope', 'line') } });
    press('Save');
    await waitFor(() => expect(screen.queryByRole('textbox')).toBeNull());
    expect(kept[0]).toMatchObject({ revision: 2, vtt: VTT.replace('rope', 'line') });
  });

  it('are not written over what somebody else wrote meanwhile', async () => {
    await show(caption());
    press('Edit: English');
    await screen.findByRole('textbox');
    kept = [caption({ revision: 2, vtt: 'WEBVTT newer' })];
    press('Save');
    fireEvent.click(await screen.findByRole('button', { name: /Read the newer text/ }));
    await waitFor(() => expect(screen.getByRole<HTMLTextAreaElement>('textbox').value).toBe('WEBVTT newer'));
    expect(kept[0]?.revision).toBe(2);
  });

  it('are deleted only when that is said twice', async () => {
    await show(caption());
    press('Delete: English');
    expect(asked.some((one) => one.startsWith('DELETE'))).toBe(false);
    press('Yes, delete: English');
    expect(await screen.findByText(/No captions yet/)).toBeTruthy();
    expect(kept).toEqual([]);
  });
});

describe('languages', () => {
  it('have their own names for learners, and the author’s for the author', () => {
    expect([ownName('de'), ownName('fr')]).toEqual(['Deutsch', 'Français']);
    expect(languagesFor('en', true).find(({ code }) => code === 'de')?.name).toBe('German');
    expect(languagesFor('en', true).some(({ code }) => code === 'ja')).toBe(false);
    expect(languagesFor('en', false).some(({ code }) => code === 'ja')).toBe(true);
  });
});
