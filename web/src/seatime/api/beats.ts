/** Reports of watching. The watch grant in them is the credential: no bearer is needed, and none is sent. */
import type { Beat } from '../watch/beats';
import { BEACON_BYTES, bytesOf, type Reply } from '../watch/policy';
import type { paths } from './generated/progress';
import { TIMEOUT_MS, isJson } from './http';
import { problemOf } from './problem';

const PATH = '/api/progress' satisfies keyof paths;

export const beatCalls = ({ baseUrl }: { baseUrl: string }) => ({
  reportsTo: baseUrl,

  /** Never throws: an outage is a reply too, and so is an answer that is not the service's. */
  sendBeats: async (grant: string, beats: readonly Beat[]): Promise<Reply> => {
    try {
      const body = report(grant, beats);
      const response = await fetch(baseUrl + PATH, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
        // A browser refuses larger ones, however often it is asked.
        keepalive: bytesOf(body) <= BEACON_BYTES,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return await replyOf(response);
    } catch {
      return { status: 0 };
    }
  },

  /** As plain text: a page that goes away has no time for the question that another origin's JSON would need first. */
  beaconBeats: (grant: string, beats: readonly Beat[]): boolean =>
    navigator.sendBeacon(baseUrl + PATH, new Blob([report(grant, beats)], { type: 'text/plain;charset=UTF-8' })),
});

/** A page where data should be comes from whoever answers for all addresses: nobody has taken the beats. */
const replyOf = async (response: Response): Promise<Reply> => {
  if (response.ok) return { status: isJson(response) ? response.status : 0 };
  const { status, slug, retryAfterMs, details } = await problemOf(response);
  const { reason } = details;
  return { status, retryAfterMs, slug: slug || undefined, reason: typeof reason === 'string' ? reason : undefined };
};

const report = (grant: string, beats: readonly Beat[]): string => JSON.stringify({ grant, sentAt: Date.now(), beats });
