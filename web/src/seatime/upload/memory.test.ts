import { beforeEach, expect, it } from 'vitest';
import { forget, isSame, noteSent, recall, remember, type Remembered } from './memory';

const UPLOAD: Remembered = {
  provider: 'mux',
  uploadId: 'u1',
  uploadUrl: 'https://mux/u1',
  name: 'film.mp4',
  size: 5,
  lastModified: 1_000,
  sent: 0,
  at: 50_000,
};
const NOW = 60_000;

beforeEach(() => localStorage.clear());

it('knows an upload again, and how far it was', () => {
  remember('l1', { ...UPLOAD, at: Date.now() });
  noteSent('l1', 'u1', 3);
  noteSent('l1', 'another', 4);
  noteSent('l2', 'u1', 4);
  expect(recall('l1')).toMatchObject({ uploadId: 'u1', sent: 3 });
  expect(recall('l2')).toBeNull();
  forget('l1');
  expect(recall('l1')).toBeNull();
});

it('takes only the same file for the same', () => {
  const file = (name: string, body: string, lastModified: number) => new File([body], name, { lastModified });
  expect(isSame(UPLOAD, file('film.mp4', '12345', 1_000))).toBe(true);
  expect(isSame(UPLOAD, file('other.mp4', '12345', 1_000))).toBe(false);
  expect(isSame(UPLOAD, file('film.mp4', '123456', 1_000))).toBe(false);
  expect(isSame(UPLOAD, file('film.mp4', '12345', 1_001))).toBe(false);
});

it('forgets what is too old, and what makes no sense', () => {
  remember('l1', UPLOAD);
  expect(recall('l1', NOW)).toEqual(UPLOAD);
  expect(recall('l1', UPLOAD.at + 25 * 3_600_000)).toBeNull();
  expect(recall('l1', NOW)).toBeNull();
  for (const nonsense of ['{', 'null', '7', '{"provider":"mux"}', JSON.stringify({ ...UPLOAD, uploadUrl: null })]) {
    localStorage.setItem('seatime.upload.l1', nonsense);
    expect(recall('l1', NOW)).toBeNull();
  }
});

it('lives for another day with whatever S3 has got of it; Mux’s address does not', () => {
  const later = UPLOAD.at + 20 * 3_600_000;
  remember('l1', { ...UPLOAD, provider: 's3', uploadUrl: null });
  remember('l2', UPLOAD);
  for (const place of ['l1', 'l2']) noteSent(place, 'u1', 2, later);
  const tomorrow = UPLOAD.at + 30 * 3_600_000;
  expect(recall('l1', tomorrow)).toMatchObject({ sent: 2 });
  expect(recall('l2', tomorrow)).toBeNull();
});
