/**
 * When a beat is sent, kept or given up. A beat is dropped only if the server
 * refuses it by itself: an outage, a limit or a bad neighbour never costs one.
 */

/** Records per request; well under the server's body limit and sendBeacon's 64 KiB. */
export const BATCH_SIZE = 50;
/** A day offline at a beat every ten seconds, and some. */
export const MAX_QUEUED = 10_000;
export const BEACON_BYTES = 60_000;

const BASE_DELAY_MS = 1_000;
const MAX_DELAY_MS = 60_000;

/** `status` 0 stands for no answer at all. */
export interface Reply {
  status: number;
  retryAfterMs?: number | undefined;
}

export type Verdict = 'accepted' | 'retry' | 'split' | 'drop';

const RETRIED_4XX = new Set([408, 425, 429]);

/** One bad beat spoils a request, so a refused batch is taken apart before anything is dropped. */
export const judge = (reply: Reply, batchSize: number): Verdict => {
  if (reply.status >= 200 && reply.status < 300) return 'accepted';
  const refused = reply.status >= 400 && reply.status < 500 && !RETRIED_4XX.has(reply.status);
  if (!refused) return 'retry';
  return batchSize > 1 ? 'split' : 'drop';
};

/** Exponential with full jitter above half, never earlier than the server asked for. */
export const backOff = (attempt: number, retryAfterMs: number | undefined, random: number): number => {
  const ceiling = Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** Math.min(attempt, 16));
  return Math.max(ceiling * (0.5 + random / 2), retryAfterMs ?? 0);
};

/** `Retry-After` as seconds or HTTP date → milliseconds from `now`. */
export const parseRetryAfter = (header: string | null, now: number): number | undefined => {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
};

/** The oldest records that share a grant, in order: a request carries one grant. */
export const nextBatch = <R extends { grant: string }>(records: readonly R[], size = BATCH_SIZE): R[] => {
  const first = records[0];
  if (!first) return [];
  return records.filter((record) => record.grant === first.grant).slice(0, size);
};

/** Batches for the way out, newest first: the last beat is the one nobody else would tell. */
export const beaconBatches = <R extends { grant: string }>(
  records: readonly R[],
  bytesOf: (record: R) => number,
  budget = BEACON_BYTES,
): R[][] => {
  const chosen: R[] = [];
  let used = 0;
  for (const record of [...records].reverse()) {
    const bytes = bytesOf(record) + (chosen.some((r) => r.grant === record.grant) ? 0 : record.grant.length + 64);
    if (used + bytes > budget) break;
    used += bytes;
    chosen.unshift(record);
  }
  const byGrant = new Map<string, R[]>();
  for (const record of chosen) byGrant.set(record.grant, [...(byGrant.get(record.grant) ?? []), record]);
  return [...byGrant.values()];
};
