/** Every failure of a call, by RFC 9457 problem details; `status` 0 where no answer came. */
import { parseRetryAfter } from '../watch/policy';

export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    /** The last part of `urn:seatime:problem:<slug>`, or '' if the body was none of ours. */
    readonly slug: string,
    message: string,
    readonly retryAfterMs: number | undefined = undefined,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'ApiProblem';
  }
}

const OURS = 'urn:seatime:problem:';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const problemOf = async (response: Response): Promise<ApiProblem> => {
  const body: unknown = await response.json().catch(() => null);
  const details = isRecord(body) ? body : {};
  const type = text(details['type']);
  const slug = type.startsWith(OURS) ? type.slice(OURS.length) : '';
  const message = text(details['detail']) || text(details['title']) || `The server answered ${response.status}.`;
  const retryAfter = parseRetryAfter(response.headers.get('Retry-After'), Date.now());
  return new ApiProblem(response.status, slug, message, retryAfter, details);
};

export const asProblem = (error: unknown): ApiProblem =>
  error instanceof ApiProblem
    ? error
    : new ApiProblem(0, '', 'The server can’t be reached. Check your connection.', undefined, { cause: String(error) });
