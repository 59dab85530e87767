import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSeatimeApi } from '../api/client';
import type { CourseLive } from '../api/owner-types';
import { SeatimeProvider } from '../context';
import { LiveViewers } from './LiveViewers';

const live = (change: Partial<CourseLive> = {}): CourseLive => ({
  courseId: 'c1',
  smallestGroup: 5,
  viewersNow: 12,
  beatsPerSecond: 2.44,
  completions: 7,
  completionsSeconds: 900,
  lastSeenAt: null,
  lessons: [{ lessonId: 'l1', viewersNow: 9, beatsPerSecond: 2, completions: null, lastSeenAt: null }],
  ...change,
});

/** A server whose streams the test writes, ends and cuts. */
class Feed {
  readonly seen: (string | null)[] = [];
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  down: Response | undefined;

  readonly fetch = (_: unknown, init?: RequestInit): Promise<Response> => {
    this.seen.push(new Headers(init?.headers).get('Last-Event-ID'));
    if (this.down !== undefined) return Promise.resolve(this.down.clone());
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (this.controller = controller) });
    return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }));
  };

  say(id: string, data: CourseLive): Promise<void> {
    return act(async () => this.controller?.enqueue(new TextEncoder().encode(`id: ${id}\nevent: live\ndata: ${JSON.stringify(data)}\n\n`)));
  }

  gone(): Promise<void> {
    return act(async () => {
      this.controller?.enqueue(new TextEncoder().encode('event: gone\ndata: not-the-course-owner\n\n'));
      this.controller?.close();
    });
  }

  cut(): Promise<void> {
    return act(async () => this.controller?.error(new TypeError('network')));
  }

  end(): Promise<void> {
    return act(async () => this.controller?.close());
  }
}

let feed: Feed;

beforeEach(() => {
  feed = new Feed();
  vi.stubGlobal('fetch', feed.fetch);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const shown = () =>
  render(
    <SeatimeProvider api={createSeatimeApi({ token: () => 't' })}>
      <LiveViewers courseId="c1" titles={{ l1: 'Knots' }} />
    </SeatimeProvider>,
  );
const state = () => screen.getByTestId('live-view').getAttribute('data-feed');
const figure = (id: string) => screen.getByTestId(`live-${id}`).textContent;
const patience = { timeout: 10_000 };

describe('the live view', { timeout: 30_000 }, () => {
  it('shows each state as it comes', async () => {
    shown();
    expect(figure('viewers')).toBe('…');
    await waitFor(() => expect(state()).toBe('standing'), patience);
    await feed.say('a', live());
    await waitFor(() => expect(figure('viewers')).toBe('12'), patience);
    expect([figure('beats'), figure('completions')]).toEqual(['2.4', '7']);
    expect(screen.getByText('Knots')).toBeTruthy();
    await feed.say('b', live({ viewersNow: 13 }));
    await waitFor(() => expect(figure('viewers')).toBe('13'), patience);
  });

  it('never shows a small group as nobody', async () => {
    shown();
    await waitFor(() => expect(state()).toBe('standing'), patience);
    await feed.say('a', live({ viewersNow: null, completions: null, lessons: [] }));
    await waitFor(() => expect(figure('viewers')).toBe('under 5'), patience);
    expect(figure('completions')).toBe('under 5');
  });

  it('shows nobody as a number where everybody may be shown', async () => {
    shown();
    await waitFor(() => expect(state()).toBe('standing'), patience);
    await feed.say('a', live({ smallestGroup: 1, viewersNow: 0, beatsPerSecond: 0, completions: 0, lessons: [] }));
    await waitFor(() => expect(figure('viewers')).toBe('0'), patience);
    expect([figure('beats'), figure('completions')]).toEqual(['0.0', '0']);
  });

  it('says that it is down, keeps the last figures, and goes on where it was', async () => {
    shown();
    await waitFor(() => expect(state()).toBe('standing'), patience);
    await feed.say('a', live());
    feed.down = new Response('', { status: 503 });
    await feed.cut();
    await waitFor(() => expect(state()).toBe('down'), patience);
    expect(screen.getByRole('status').textContent).toContain('The live feed is down');
    expect(figure('viewers')).toBe('12');

    feed.down = undefined;
    await waitFor(() => expect(state()).toBe('standing'), patience);
    expect(figure('viewers')).toBe('12');
    expect(feed.seen[0]).toBeNull();
    expect(new Set(feed.seen.slice(1))).toEqual(new Set(['a']));
    await feed.say('b', live({ viewersNow: 20 }));
    await waitFor(() => expect(figure('viewers')).toBe('20'), patience);
  });

  it('takes up a stream that has ended without a word', async () => {
    shown();
    await waitFor(() => expect(state()).toBe('standing'), patience);
    await feed.say('a', live());
    await feed.end();
    expect(state()).toBe('standing');
    await waitFor(() => expect(feed.seen).toEqual([null, 'a']), patience);
  });

  it.each([403, 404])('ends for good where there is no right to it: %i', async (status) => {
    feed.down = new Response(JSON.stringify({ type: 'urn:seatime:problem:x', detail: 'Not for you.' }), { status });
    shown();
    await waitFor(() => expect(state()).toBe('refused'), patience);
    expect(screen.getByRole('status').textContent).toBe('Not for you.');
    expect(feed.seen).toHaveLength(1);
  });

  it('ends when the right to it is lost', async () => {
    shown();
    await waitFor(() => expect(state()).toBe('standing'), patience);
    await feed.gone();
    await waitFor(() => expect(state()).toBe('refused'), patience);
    expect(feed.seen).toHaveLength(1);
  });
});
