import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSeatimeApi } from '../api/client';
import type { FileStatus } from '../api/types';
import { SeatimeProvider } from '../context';
import { S3Uploader } from './S3Uploader';
import { SmartUploader } from './SmartUploader';
import { isVideo } from './kind';
import type { PutReply } from './put';

let puts: PutReply[];
vi.mock('./put', () => ({ put: async () => puts.shift() ?? { status: 200, range: null } }));
vi.mock('./MuxVideoUploader', () => ({
  MuxVideoUploader: ({ file, lessonId }: { file: File; lessonId: string }) => (
    <p>
      video {file.name} for {lessonId}
    </p>
  ),
}));

const stored: Partial<FileStatus> = { fileId: 'f1', state: 'ready', filename: 'notes.pdf', size: 5, url: 'https://s3/f1' };
let completed: Partial<FileStatus>;
const asked: { method: string; url: string; body: unknown }[] = [];

beforeEach(() => {
  puts = [];
  asked.length = 0;
  completed = stored;
  vi.stubGlobal('fetch', async (url: string, { method, body }: { method: string; body: string | null }) => {
    asked.push({ method, url, body: body === null ? null : JSON.parse(body) });
    const answer = url.endsWith('/complete')
      ? completed
      : { provider: 's3', fileId: 'f1', uploadId: null, uploadUrl: 'https://s3/put', headers: {}, partSize: null, parts: null };
    return new Response(JSON.stringify(answer), { headers: { 'Content-Type': 'application/json' } });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const pdf = new File(['notes'], 'notes.pdf', { type: 'application/pdf' });
const film = new File(['film'], 'film.mp4', { type: 'video/mp4' });
const within = (children: React.ReactNode) =>
  render(<SeatimeProvider api={createSeatimeApi({ token: () => 't' })}>{children}</SeatimeProvider>);
const choose = (file: File) => fireEvent.change(screen.getByTestId('file-input'), { target: { files: [file] } });

describe('a file that is no video', () => {
  it('goes to S3, is looked at, and can be downloaded', async () => {
    const onUploadComplete = vi.fn();
    within(<S3Uploader lessonId="l1" onUploadComplete={onUploadComplete} />);
    choose(pdf);
    await screen.findByTestId('stored-file');
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /api/uploads', 'POST /api/files/f1/complete']);
    expect(asked[0]?.body).toEqual({ filename: 'notes.pdf', size: 5, contentType: 'application/pdf', lessonId: 'l1' });
    expect(onUploadComplete).toHaveBeenCalledExactlyOnceWith('f1', 'https://s3/f1');
    expect(screen.getByRole('link', { name: 'Download' }).getAttribute('href')).toBe('https://s3/f1');
  });

  it('is stored although the first answer of the storage got lost', async () => {
    puts = [{ status: 0, range: null, retryAfterMs: 1 }, { status: 412, range: null }];
    within(<S3Uploader />);
    choose(pdf);
    await screen.findByTestId('stored-file', {}, { timeout: 10_000 });
  });

  it('that is not what it was said to be is refused, and says why', async () => {
    completed = { ...stored, state: 'refused', reason: 'the bytes are those of a program', url: null };
    const onError = vi.fn();
    within(<S3Uploader onError={onError} />);
    choose(pdf);
    await screen.findByText('the bytes are those of a program');
    await waitFor(() => expect(onError).toHaveBeenCalledOnce());
    expect(screen.queryByTestId('stored-file')).toBeNull();
  });
});

describe('one place for any file', () => {
  it('sends a video to its lesson', () => {
    within(<SmartUploader lessonId="l1" />);
    choose(film);
    expect(screen.getByText('video film.mp4 for l1')).toBeTruthy();
  });

  it('sends anything else to S3', async () => {
    within(<SmartUploader lessonId="l1" />);
    choose(pdf);
    await screen.findByTestId('stored-file');
  });

  it('asks for a lesson where a video has none', () => {
    within(<SmartUploader />);
    choose(film);
    expect(screen.getByRole('alert').textContent).toContain('choose the lesson');
  });

  it.each([
    ['film.mp4', 'video/mp4', true],
    ['film.mkv', '', true],
    ['film.MOV', 'application/octet-stream', true],
    ['film.mp4', 'application/pdf', false],
    ['notes.pdf', '', false],
    ['mp4', 'text/plain', false],
  ])('%s of type “%s” is a video: %s', (name, type, expected) => expect(isVideo({ name, type })).toBe(expected));
});
