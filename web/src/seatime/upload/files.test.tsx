import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSeatimeApi } from '../api/client';
import type { FileStatus } from '../api/types';
import { SeatimeProvider } from '../context';
import { S3Uploader } from './S3Uploader';
import { SmartUploader } from './SmartUploader';
import { isVideo } from './kind';
import { placeOfFiles, recall } from './memory';
import type { PutReply } from './put';

let puts: PutReply[];
const sent: string[] = [];
vi.mock('./put', () => ({
  put: async (url: string) => {
    sent.push(url);
    return puts.shift() ?? { status: 200, range: null };
  },
}));
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
    await screen.findByText('The bytes are those of a program.');
    await waitFor(() => expect(onError).toHaveBeenCalledOnce());
    expect(screen.queryByTestId('stored-file')).toBeNull();
  });
});

describe('a large file that is no video', () => {
  const PART = 3;
  const large = new File(['%PDF-1.7'], 'book.pdf', { type: 'application/pdf', lastModified: 7 });
  const finished = { ...stored, filename: 'book.pdf', size: large.size };
  let arrived: Set<number>;

  beforeEach(() => {
    localStorage.clear();
    sent.length = 0;
    arrived = new Set();
    vi.stubGlobal('fetch', async (url: string, { method, body }: { method: string; body: string | null }) => {
      asked.push({ method, url, body: body === null ? null : JSON.parse(body) });
      return new Response(JSON.stringify(answer(method, url, body)), { headers: { 'Content-Type': 'application/json' } });
    });
  });

  const answer = (method: string, url: string, body: string | null) => {
    if (url === '/api/uploads') {
      return { provider: 's3', fileId: 'f1', uploadId: null, uploadUrl: null, headers: {}, partSize: PART, parts: 3 };
    }
    if (url.endsWith('/complete')) return finished;
    if (method === 'GET') {
      const parts = [...arrived].map((number) => ({ number, size: PART }));
      return { size: large.size, partSize: PART, assembled: false, parts };
    }
    const { numbers } = JSON.parse(body ?? '') as { numbers: number[] };
    return { parts: numbers.map((number) => ({ number, url: `https://s3/${number}`, headers: {} })) };
  };

  it('goes in parts, and is forgotten once it is there', async () => {
    within(<S3Uploader lessonId="l1" />);
    choose(large);
    await screen.findByTestId('stored-file');
    expect(sent.sort()).toEqual(['https://s3/1', 'https://s3/2', 'https://s3/3']);
    expect(recall(placeOfFiles('l1'))).toBeNull();
  });

  it('goes on after a reload: the same file is chosen again, and only the rest is sent', async () => {
    puts = Array.from({ length: 3 }, () => ({ status: 0, range: null, retryAfterMs: 60_000 }));
    within(<S3Uploader />);
    choose(large);
    await waitFor(() => expect(sent).toHaveLength(3));
    expect(recall(placeOfFiles(undefined))?.uploadId).toBe('f1');
    cleanup();
    puts = [];
    sent.length = 0;
    arrived = new Set([1]);
    within(<S3Uploader />);
    expect(screen.getByTestId('unfinished').textContent).toContain('book.pdf');
    choose(large);
    await screen.findByTestId('stored-file');
    expect(sent.sort()).toEqual(['https://s3/2', 'https://s3/3']);
    expect(asked.filter(({ url }) => url === '/api/uploads')).toHaveLength(1);
  });

  it('is given up where another one is chosen instead, or where it is forgotten', async () => {
    const deleted = () => asked.filter(({ method }) => method === 'DELETE').map(({ url }) => url);
    const leave = async () => {
      puts = Array.from({ length: 3 }, () => ({ status: 0, range: null, retryAfterMs: 60_000 }));
      within(<SmartUploader />);
      choose(large);
      await waitFor(() => expect(sent).toHaveLength(3));
      cleanup();
      sent.length = 0;
      puts = [];
      within(<SmartUploader />);
      expect(screen.getByTestId('unfinished').textContent).toContain('book.pdf');
    };
    await leave();
    fireEvent.click(screen.getByText('Forget it'));
    expect(screen.queryByTestId('unfinished')).toBeNull();
    await waitFor(() => expect(deleted()).toEqual(['/api/files/f1']));
    cleanup();
    await leave();
    choose(new File(['another'], 'other.pdf', { type: 'application/pdf' }));
    await waitFor(() => expect(deleted()).toEqual(['/api/files/f1', '/api/files/f1']));
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
