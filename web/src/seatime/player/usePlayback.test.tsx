import { act, cleanup, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSeatimeApi } from '../api/client';
import { SeatimeProvider } from '../context';
import { usePlayback } from './usePlayback';

/** The gateway as a browser sees it: a queue of answers per path. */
const answers = new Map<string, (() => Response | Promise<Response>)[]>();
const asked: string[] = [];
const askedToPlay = () => asked.filter((url) => url.startsWith(PLAYBACK));

const json = (status: number, body: unknown, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });
const grant = (watchGrant: string, more = {}) => () =>
  json(200, {
    provider: 'mux',
    playbackId: 'abc',
    signedUrl: `http://127.0.0.1/abc.m3u8?token=${watchGrant}`,
    expiresAt: '2026-11-20T13:00:00Z',
    refreshAfter: 48,
    watchGrant,
    seekLock: null,
    ...more,
  });
const progress = (resumePosition: number) => () => json(200, { resumePosition, duration: 60 });
const refusal = (status: number, more = {}, headers = {}) => () => json(status, { title: 'no', ...more }, headers);

const beacon = vi.fn(() => true);

beforeEach(() => {
  vi.useFakeTimers();
  beacon.mockClear();
  Object.defineProperty(navigator, 'sendBeacon', { value: beacon, configurable: true });
  answers.clear();
  asked.length = 0;
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    const queue = answers.get(new URL(url, 'http://localhost').pathname) ?? [];
    const next = queue.length > 1 ? queue.shift() : queue[0];
    if (!next) throw new TypeError('Failed to fetch');
    return next();
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const api = createSeatimeApi({ token: () => 'bearer' });
const wrapper = ({ children }: { children: ReactNode }) => <SeatimeProvider api={api}>{children}</SeatimeProvider>;
const PLAYBACK = '/api/videos/l1/playback';
const open = async () => {
  const hook = renderHook(() => usePlayback('l1'), { wrapper });
  await pass(0);
  return hook;
};
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

describe('usePlayback', () => {
  it('brings how far a seek may lead, and asks the progress where the grant is behind', async () => {
    const lock = (frontier: number, attempt = 1) => ({ seekLock: { frontier, videoRevision: 1, attempt } });
    const known = (more: object) => () => json(200, { frontier: 30, videoRevision: 1, attempt: 1, complete: false, ...more });
    const lost = () => {
      throw new TypeError('Failed to fetch');
    };
    answers.set(PLAYBACK, [grant('w1', lock(20)), grant('w2', lock(25)), grant('w3', lock(25)), grant('w4', lock(0, 2)), grant('w5')]);
    answers.set('/api/progress/lessons/l1', [known({}), known({ complete: true }), lost, lost]);
    const { result } = await open();
    const limit = () => (result.current.playback.phase === 'ready' ? result.current.playback.seekLimit : undefined);
    expect(limit()).toEqual({ frontier: 30, round: '1/1' });
    await pass(48_000);
    expect(limit()).toBeNull(); // complete
    await pass(48_000);
    expect(limit()).toBeNull(); // and stays so, though nobody can be asked
    await pass(48_000);
    expect(limit()).toEqual({ frontier: 0, round: '2/1' });
    await pass(48_000);
    expect(limit()).toBeNull(); // the course has no lock any more
    expect(asked.filter((url) => url.includes('/progress/'))).toHaveLength(4);
  });

  it('holds a grant and refreshes it with itself when it is due', async () => {
    answers.set(PLAYBACK, [grant('first'), grant('second')]);
    answers.set('/api/progress/lessons/l1', [progress(7), progress(30)]);
    const { result } = await open();
    expect(result.current.playback).toMatchObject({ phase: 'ready', startAt: 7, grant: { watchGrant: 'first' } });
    await pass(47_000);
    expect(askedToPlay()).toHaveLength(1);
    await pass(1_000);
    expect(askedToPlay().at(-1)).toBe(`${PLAYBACK}?refresh=first`);
    expect(result.current.playback).toMatchObject({ phase: 'ready', startAt: 7, grant: { watchGrant: 'second' } });
  });

  it('starts at the beginning where nobody can say how far the learner was', async () => {
    answers.set(PLAYBACK, [grant('first')]);
    const { result } = await open();
    expect(result.current.playback).toMatchObject({ phase: 'ready', startAt: 0 });
  });

  it('waits for a video that is still processing', async () => {
    answers.set(PLAYBACK, [refusal(409, { processingStatus: 'processing' }), grant('first')]);
    const { result } = await open();
    expect(result.current.playback).toMatchObject({ phase: 'blocked', block: { reason: 'processing' } });
    await pass(3_000);
    expect(result.current.playback.phase).toBe('ready');
  });

  it('waits as long as a 429 asks for', async () => {
    answers.set(PLAYBACK, [refusal(429, {}, { 'Retry-After': '20' }), grant('first')]);
    const { result } = await open();
    await pass(19_000);
    expect(askedToPlay()).toHaveLength(1);
    await pass(1_000);
    expect(result.current.playback.phase).toBe('ready');
  });

  it('plays on through an outage of the refresh', async () => {
    answers.set(PLAYBACK, [grant('first'), refusal(503), grant('second')]);
    const { result } = await open();
    await pass(48_000);
    expect(result.current.playback).toMatchObject({ phase: 'ready', grant: { watchGrant: 'first' } });
    await pass(5_000);
    expect(result.current.playback).toMatchObject({ phase: 'ready', grant: { watchGrant: 'second' } });
  });

  it('ends when the right to watch is gone', async () => {
    answers.set(PLAYBACK, [grant('first'), refusal(403)]);
    const { result } = await open();
    await pass(48_000);
    expect(result.current.playback).toMatchObject({ phase: 'blocked', block: { reason: 'no-access' } });
    await pass(600_000);
    expect(askedToPlay()).toHaveLength(2);
  });

  it('begins a new session when the old grant is too old to be refreshed', async () => {
    const tooOld = refusal(403, { type: 'urn:seatime:problem:watch-grant-refused', reason: 'expired' });
    answers.set(PLAYBACK, [grant('first'), tooOld, grant('second')]);
    const { result } = await open();
    await pass(48_000);
    await pass(5_000);
    expect(askedToPlay().slice(1)).toEqual([`${PLAYBACK}?refresh=first`, PLAYBACK]);
    expect(result.current.playback).toMatchObject({ phase: 'ready', grant: { watchGrant: 'second' } });
  });

  it('takes over from another device when it is told to, and says so once', async () => {
    const held = refusal(403, { type: 'urn:seatime:problem:lease-held', reason: 'too_many_devices' });
    answers.set(PLAYBACK, [held, grant('mine', { leaseUntil: '2026-11-20T12:02:00Z' })]);
    const { result } = await open();
    expect(result.current.playback).toMatchObject({ phase: 'blocked', block: { reason: 'elsewhere' } });
    act(() => result.current.takeOver());
    await pass(0);
    expect(result.current.playback).toMatchObject({ phase: 'ready', grant: { watchGrant: 'mine' } });
    await pass(48_000);
    expect(askedToPlay()).toEqual([PLAYBACK, `${PLAYBACK}?takeOver=true`, `${PLAYBACK}?refresh=mine`]);
  });

  it('gives its place back when it goes away, and only if it has one', async () => {
    answers.set(PLAYBACK, [grant('none'), grant('mine', { leaseUntil: '2026-11-20T12:02:00Z' })]);
    const { unmount } = await open();
    window.dispatchEvent(new Event('pagehide'));
    expect(beacon).not.toHaveBeenCalled();
    await pass(48_000);
    unmount();
    expect(beacon).toHaveBeenCalledExactlyOnceWith(`${PLAYBACK}/release`, expect.any(Blob));
  });

  it('goes on with its session when it is tried again, and keeps its place', async () => {
    const leased = { leaseUntil: '2026-11-20T12:02:00Z' };
    const tooOld = refusal(403, { type: 'urn:seatime:problem:watch-grant-refused', reason: 'expired' });
    answers.set(PLAYBACK, [grant('first', leased), tooOld, grant('second', leased)]);
    const { result } = await open();
    act(() => result.current.retry());
    await pass(5_000);
    expect(askedToPlay()).toEqual([PLAYBACK, `${PLAYBACK}?refresh=first`, PLAYBACK]);
    expect(result.current.playback).toMatchObject({ phase: 'ready', grant: { watchGrant: 'second' } });
    expect(beacon).not.toHaveBeenCalled();
  });

  it('is patient with a bearer that ended, and ends when it stays so', async () => {
    answers.set(PLAYBACK, [grant('first'), refusal(401), grant('second'), refusal(401)]);
    const { result } = await open();
    await pass(48_000);
    expect(result.current.playback.phase).toBe('ready');
    await pass(5_000);
    expect(result.current.playback).toMatchObject({ phase: 'ready', grant: { watchGrant: 'second' } });
    await pass(48_000 + 20_000);
    expect(result.current.playback).toMatchObject({ phase: 'blocked', block: { reason: 'signed-out' } });
  });

  it('asks anew without a grant where there was none, as in a preview', async () => {
    answers.set(PLAYBACK, [grant('none', { watchGrant: null })]);
    await open();
    await pass(48_000);
    expect(askedToPlay()).toEqual([PLAYBACK, PLAYBACK]);
  });

  it('asks once under strict mode, which runs every effect twice', async () => {
    answers.set(PLAYBACK, [grant('first', { leaseUntil: '2026-11-20T12:02:00Z' })]);
    renderHook(() => usePlayback('l1'), { wrapper, reactStrictMode: true });
    await pass(0);
    expect(askedToPlay()).toEqual([PLAYBACK]);
    expect(beacon).not.toHaveBeenCalled();
  });

  it('gives a place back that it was given when it had gone already', async () => {
    let answer: (response: Response) => void = () => undefined;
    answers.set(PLAYBACK, [() => new Promise<Response>((resolve) => (answer = resolve))]);
    const { unmount } = await open();
    unmount();
    expect(beacon).not.toHaveBeenCalled();
    answer(grant('late', { leaseUntil: '2026-11-20T12:02:00Z' })());
    await pass(0);
    expect(beacon).toHaveBeenCalledExactlyOnceWith(`${PLAYBACK}/release`, expect.any(Blob));
  });

  it('shows another lesson under its own grant', async () => {
    answers.set(PLAYBACK, [grant('first')]);
    answers.set('/api/videos/l2/playback', [grant('other')]);
    const { result, rerender } = renderHook(({ id }) => usePlayback(id), { wrapper, initialProps: { id: 'l1' } });
    await pass(0);
    rerender({ id: 'l2' });
    expect(result.current.playback.phase).toBe('loading');
    await pass(0);
    expect(result.current.playback).toMatchObject({ phase: 'ready', grant: { watchGrant: 'other' } });
    await pass(48_000);
    expect(asked.at(-1)).toBe('/api/videos/l2/playback?refresh=other');
  });

  it('does not poll while nobody looks, and looks at once when somebody does', async () => {
    answers.set(PLAYBACK, [refusal(409, { processingStatus: 'processing' }), grant('first')]);
    const { result } = await open();
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    await pass(600_000);
    expect(askedToPlay()).toHaveLength(1);
    visibility.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    await pass(0);
    expect(result.current.playback.phase).toBe('ready');
  });

  it('looks again when somebody who had to sign in comes back', async () => {
    answers.set(PLAYBACK, [refusal(401), grant('first')]);
    const { result } = await open();
    expect(result.current.playback).toMatchObject({ block: { reason: 'signed-out' } });
    await pass(600_000);
    expect(askedToPlay()).toHaveLength(1);
    document.dispatchEvent(new Event('visibilitychange'));
    await pass(0);
    expect(result.current.playback.phase).toBe('ready');
  });

  it('asks at once when the network is back, and no sooner for that where a server asked for patience', async () => {
    const lost = () => {
      throw new TypeError('Failed to fetch');
    };
    answers.set(PLAYBACK, [lost, lost, refusal(429, {}, { 'Retry-After': '600' }), grant('first')]);
    const { result } = await open();
    const online = async () => {
      window.dispatchEvent(new Event('online'));
      await pass(0);
    };
    expect(result.current.playback).toMatchObject({ phase: 'blocked', block: { reason: 'busy' } });
    await online();
    await online();
    expect(askedToPlay()).toHaveLength(3);
    await online();
    expect(askedToPlay()).toHaveLength(3);
    await pass(700_000);
    expect(result.current.playback.phase).toBe('ready');
  });

  it('takes a grant for longer than a timer can count', async () => {
    answers.set(PLAYBACK, [grant('long', { refreshAfter: 90 * 86_400 })]);
    await open();
    await pass(3_600_000);
    expect(askedToPlay()).toHaveLength(1);
  });

  it('refreshes on wake when the time has passed meanwhile', async () => {
    answers.set(PLAYBACK, [grant('first'), grant('second')]);
    const { result } = await open();
    vi.setSystemTime(Date.now() + 3_600_000);
    await act(async () => {
      document.dispatchEvent(new Event('visibilitychange'));
      await vi.advanceTimersByTimeAsync(0);
    });
    expect(result.current.playback).toMatchObject({ grant: { watchGrant: 'second' } });
  });
});
