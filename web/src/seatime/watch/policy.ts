/**
 * When a beat is sent, kept or given up. Pure. A beat is dropped only if the service itself refuses it: an outage, a
 * limit, a bad neighbour, or whatever else answers at that address never costs one.
 */

/** Records per request; well under the server's limit. */
export const BATCH_SIZE = 50;
/** What a page may have on its way when it goes is 64 KiB, in beacons and `keepalive` requests together. */
export const BATCH_BYTES = 30_000;
export const BEACON_BYTES = 60_000;
/** A day offline at a beat every ten seconds, and some. */
export const MAX_QUEUED = 10_000;

const BASE_DELAY_MS = 1_000;
const MAX_DELAY_MS = 60_000;

/** `status` 0 stands for no answer at all. */
export interface Reply {
  status: number;
  retryAfterMs?: number | undefined;
  /** Which problem it is, where the answer is one of the service's own. */
  slug?: string | undefined;
  /** The problem's own word on why. */
  reason?: string | undefined;
}

/** `drop` means all of the batch. */
export type Verdict = 'accepted' | 'retry' | 'split' | 'drop';

const RETRIED_4XX = new Set([408, 425, 429]);
const REFUSED_GRANT = 'invalid-grant';
/** The server's clock is behind that of the one who signed the grant. */
const NOT_YET = 'not_yet';

/** One bad beat spoils a request, so a refused batch is taken apart; under a bad grant none is any better. */
export const judge = ({ status, slug, reason }: Reply, batchSize: number): Verdict => {
  if (status >= 200 && status < 300) return 'accepted';
  const refused = slug !== undefined && status >= 400 && status < 500 && !RETRIED_4XX.has(status);
  if (!refused || reason === NOT_YET) return 'retry';
  return batchSize > 1 && slug !== REFUSED_GRANT ? 'split' : 'drop';
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

const encoder = new TextEncoder();

/** UTF-8 bytes of a value as JSON, and the comma after it. */
export const bytesOf = (value: unknown): number => encoder.encode(JSON.stringify(value)).length + 1;

/** What a request has beside its beats, the grant aside. */
const FRAME_BYTES = 64;

/** The oldest records that share a grant, in order: a request carries one grant. At least one, however large. */
export const nextBatch = <R extends { grant: string }>(
  records: readonly R[],
  size: number,
  bytes: (record: R) => number,
  budget = BATCH_BYTES,
): R[] => {
  const first = records[0];
  if (!first) return [];
  const batch: R[] = [];
  let used = first.grant.length + FRAME_BYTES;
  for (const record of records) {
    if (record.grant !== first.grant) continue;
    used += bytes(record);
    if (batch.length === size || (batch.length > 0 && used > budget)) break;
    batch.push(record);
  }
  return batch;
};

/** Batches for the way out, newest first: the last beat is the one nobody else would tell. */
export const beaconBatches = <R extends { grant: string }>(
  records: readonly R[],
  bytes: (record: R) => number,
  budget = BEACON_BYTES,
): R[][] => {
  const chosen: R[] = [];
  let used = 0;
  for (const record of [...records].reverse()) {
    const frame = chosen.some(({ grant }) => grant === record.grant) ? 0 : record.grant.length + FRAME_BYTES;
    if (used + bytes(record) + frame > budget) break;
    used += bytes(record) + frame;
    chosen.unshift(record);
  }
  const byGrant = new Map<string, R[]>();
  for (const record of chosen) byGrant.set(record.grant, [...(byGrant.get(record.grant) ?? []), record]);
  return [...byGrant.values()];
};
