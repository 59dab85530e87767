/** Reports of watching. The watch grant in them is the credential, so no bearer is needed. */
import type { Beat } from '../watch/beats';
import { parseRetryAfter, type Reply } from '../watch/policy';
import type { paths } from './generated/progress';
import { TIMEOUT_MS } from './http';

const PATH = '/api/progress' satisfies keyof paths;

export const beatCalls = ({ baseUrl }: { baseUrl: string }) => ({
  /** Never throws: an outage is a reply too. */
  sendBeats: async (grant: string, beats: readonly Beat[]): Promise<Reply> => {
    try {
      const response = await fetch(baseUrl + PATH, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: report(grant, beats),
        keepalive: true,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return {
        status: response.status,
        retryAfterMs: parseRetryAfter(response.headers.get('Retry-After'), Date.now()),
      };
    } catch {
      return { status: 0 };
    }
  },

  /** As plain text: a page that goes away has no time for the question that another origin's JSON would need first. */
  beaconBeats: (grant: string, beats: readonly Beat[]): boolean =>
    navigator.sendBeacon(baseUrl + PATH, new Blob([report(grant, beats)], { type: 'text/plain;charset=UTF-8' })),
});

const report = (grant: string, beats: readonly Beat[]): string => JSON.stringify({ grant, sentAt: Date.now(), beats });
