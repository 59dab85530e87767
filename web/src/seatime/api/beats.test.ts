import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Beat } from '../watch/beats';
import { judge } from '../watch/policy';
import { createSeatimeApi } from './client';

const beat: Beat = { seq: 1, since: 0, at: 10, position: 1, rate: 1, watched_segments: [[0, 1]], hidden: false, events: [] };
const problem = (status: number, body: object, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/problem+json', ...headers } });

const sent: RequestInit[] = [];
const reporting = (response: () => Response) => {
  sent.length = 0;
  vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
    sent.push(init);
    return response();
  });
  return createSeatimeApi({ token: () => 'the bearer of whoever is signed in now' });
};
afterEach(() => vi.unstubAllGlobals());

describe('a report of watching', () => {
  it('names its learner by the grant alone, whoever is signed in when it is sent', async () => {
    await reporting(() => Response.json({ accepted: 1 }, { status: 202 })).sendBeats('hers', [beat]);
    expect(JSON.parse(String(sent[0]?.body))).toMatchObject({ grant: 'hers', beats: [{ seq: 1 }] });
    expect(new Headers(sent[0]?.headers).has('Authorization')).toBe(false);
  });

  it.each([
    ['taken', () => Response.json({}, { status: 202 }), 'accepted'],
    ['a page that answers for every address', () => new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } }), 'retry'],
    ['a proxy that knows no such address', () => new Response('<h1>Not found</h1>', { status: 404 }), 'retry'],
    ['a problem of somebody else', () => problem(403, { type: 'about:blank', title: 'Forbidden' }), 'retry'],
    ['refused by the service', () => problem(422, { type: 'urn:seatime:problem:invalid-payload' }), 'drop'],
    ['a grant that begins later', () => problem(401, { type: 'urn:seatime:problem:invalid-grant', reason: 'not_yet' }), 'retry'],
    ['an outage', () => problem(503, { type: 'urn:seatime:problem:unavailable' }), 'retry'],
  ])('%s: %s', async (_what, response, verdict) => {
    expect(judge(await reporting(response).sendBeats('g', [beat]), 1)).toBe(verdict);
  });

  it('waits as long as it is told', async () => {
    const limited = () => problem(429, { type: 'urn:seatime:problem:too-many-requests' }, { 'Retry-After': '7' });
    expect(await reporting(limited).sendBeats('g', [beat])).toMatchObject({ status: 429, retryAfterMs: 7_000 });
  });

  it('outlives its page only where a browser lets it', async () => {
    const api = reporting(() => Response.json({}, { status: 202 }));
    await api.sendBeats('g', [beat]);
    await api.sendBeats('g', Array.from({ length: 900 }, () => beat));
    expect(sent.map(({ keepalive }) => keepalive)).toEqual([true, false]);
  });
});
