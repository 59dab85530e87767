/** One PUT with its progress. XMLHttpRequest, because fetch can't tell how much of a body has left. */
import { parseRetryAfter } from '../watch/policy';
import type { OnBytes } from './destination';

const SILENCE_MS = 60_000;

export interface PutReply {
  /** 0 stands for no answer at all. */
  status: number;
  /** Of a 308: what has arrived so far; null too where CORS hides it. */
  range: string | null;
  retryAfterMs?: number | undefined;
}

export type Put = (
  url: string,
  body: Blob | null,
  headers: Readonly<Record<string, string>>,
  onBytes: OnBytes,
  signal: AbortSignal,
) => Promise<PutReply>;

/** Gives up after a minute in which nothing moved. Rejects only when `signal` aborts it. */
export const put: Put = (url, body, headers, onBytes, signal) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let silence: ReturnType<typeof setTimeout>;
    const moved = () => {
      clearTimeout(silence);
      silence = setTimeout(() => request.abort(), SILENCE_MS);
    };
    const stop = () => request.abort();
    request.upload.onprogress = (event) => {
      moved();
      onBytes(event.loaded);
    };
    request.onloadend = () => {
      clearTimeout(silence);
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve(replyOf(request));
    };
    signal.throwIfAborted();
    signal.addEventListener('abort', stop);
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    moved();
    request.send(body);
  });

const replyOf = (request: XMLHttpRequest): PutReply => ({
  status: request.status,
  range: header(request, 'Range'),
  retryAfterMs: parseRetryAfter(header(request, 'Retry-After'), Date.now()),
});

/** Asking for a header that CORS hides would leave a warning in the console. */
const header = (request: XMLHttpRequest, name: string): string | null =>
  new RegExp(`^${name}:`, 'im').test(request.getAllResponseHeaders()) ? request.getResponseHeader(name) : null;
