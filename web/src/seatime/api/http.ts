/** Requests to the gateway. Every one ends, one way or the other, within its timeout; failures are `ApiProblem`s. */
import { ApiProblem, asProblem, problemOf } from './problem';

export const TIMEOUT_MS = 15_000;

export interface SeatimeApiOptions {
  /** Where the gateway is; '' for the page's own origin. */
  baseUrl?: string;
  /** The bearer token of the signed-in user, asked for on every call so that it can be renewed. */
  token: () => string | null;
}

export interface Http {
  readonly baseUrl: string;
  /** JSON there and back; nothing where the answer is 204. */
  call<T>(method: string, path: string, body?: unknown, timeoutMs?: number): Promise<T>;
  /** The body of what has no end, or one that nobody wants in memory; it lasts as long as `signal` lets it. */
  open(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

export const httpOf = ({ baseUrl = '', token }: SeatimeApiOptions): Http => {
  const credentials = (): Record<string, string> => {
    const bearer = token();
    return bearer === null ? {} : { Authorization: `Bearer ${bearer}` };
  };
  return {
    baseUrl,
    call: async <T>(method: string, path: string, body?: unknown, timeoutMs = TIMEOUT_MS): Promise<T> => {
      const headers: Record<string, string> = { Accept: 'application/json', ...credentials() };
      if (body !== undefined) headers['Content-Type'] = 'application/json';
      try {
        const response = await fetch(baseUrl + path, {
          method,
          headers,
          body: body === undefined ? null : JSON.stringify(body),
          signal: AbortSignal.timeout(timeoutMs),
        });
        if (!response.ok) throw await problemOf(response);
        if (response.status === 204) return undefined as T;
        if (!isJson(response)) throw new ApiProblem(response.status, 'not-json', 'The server answered with a page, not with data.');
        return (await response.json()) as T;
      } catch (error) {
        throw asProblem(error);
      }
    },
    open: async (path, headers, signal) => {
      const response = await fetch(baseUrl + path, { headers: { ...headers, ...credentials() }, signal });
      if (!response.ok || response.body === null) throw await problemOf(response);
      return response.body;
    },
  };
};

export const isJson = (response: Response): boolean => (response.headers.get('Content-Type') ?? '').includes('json');
