import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SeekLimit } from './frontier';
import type { PlayerElement } from './handover';
import { SeekNotice } from './SeekNotice';
import { useSeekLock } from './useSeekLock';

/** A media element whose clock is the test's. Setting its position seeks, as in a browser: heard of a moment later. */
class Media extends EventTarget {
  paused = true;
  ended = false;
  readyState = 4;
  playbackRate = 1;
  /** Seeks begin and do not end, until `seeked` is fired by hand. */
  loading = false;
  private position = 0;

  get currentTime(): number {
    return this.position;
  }

  set currentTime(to: number) {
    this.position = to;
    const end = this.loading ? [] : ['seeked', ...(this.paused ? [] : ['playing'])];
    queueMicrotask(() => this.fire('seeking', 'timeupdate', ...end));
  }

  fire(...types: string[]): void {
    for (const type of types) this.dispatchEvent(new Event(type));
  }

  play(seconds: number): void {
    this.paused = false;
    this.fire('playing');
    for (let i = 0; i < seconds * 4; i += 1) {
      vi.advanceTimersByTime(250);
      this.position += 0.25 * this.playbackRate;
      this.fire('timeupdate');
    }
    this.paused = true;
    this.fire('pause');
  }
}

let media: Media;
const Locked = ({ limit }: { limit: SeekLimit | null }) => (
  <SeekNotice turnedBackTo={useSeekLock(media as unknown as PlayerElement, limit)} />
);
const limit = (frontier: number, round = '1/1'): SeekLimit => ({ frontier, round });
const seek = (to: number) =>
  act(async () => {
    media.currentTime = to;
  });
const play = (seconds: number) => act(() => media.play(seconds));
const notice = () => screen.getByRole('status').textContent;

beforeEach(() => {
  vi.useFakeTimers();
  media = new Media();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe('a lock on seeking', () => {
  it('turns a seek beyond the frontier back to it, and says so for a while', async () => {
    render(<Locked limit={limit(10)} />);
    expect(notice()).toBe('');
    await seek(50);
    expect(media.currentTime).toBe(10);
    expect(notice()).toContain('watched up to 0:10');
    act(() => vi.advanceTimersByTime(10_000));
    expect(notice()).toBe('');
  });

  it('leaves a seek alone that is under way, and turns it back when it has ended', async () => {
    render(<Locked limit={limit(10)} />);
    media.loading = true;
    await seek(50);
    act(() => media.fire('canplay', 'timeupdate'));
    expect(media.currentTime).toBe(50);
    media.loading = false;
    await act(async () => media.fire('seeked'));
    expect(media.currentTime).toBe(10);
  });

  it('lets seek within what was watched, and plays on into what was not', async () => {
    render(<Locked limit={limit(10)} />);
    await seek(4);
    expect(media.currentTime).toBe(4);
    await play(20);
    expect(media.currentTime).toBe(24);
    expect(notice()).toBe('');
    await seek(0);
    await seek(23);
    expect(media.currentTime).toBe(23);
    await seek(60);
    expect(media.currentTime).toBe(24);
  });

  it('holds at double speed', async () => {
    render(<Locked limit={limit(0)} />);
    media.playbackRate = 2;
    await play(10);
    expect(media.currentTime).toBe(20);
    await seek(21);
    expect(media.currentTime).toBe(20);
  });

  it('goes by what a refresh brings', async () => {
    const { rerender } = render(<Locked limit={limit(10)} />);
    rerender(<Locked limit={limit(40)} />);
    await seek(35);
    expect(media.currentTime).toBe(35);
  });

  it('is armed again by another attempt, also for who stands further on', async () => {
    const { rerender } = render(<Locked limit={limit(90)} />);
    await seek(80);
    rerender(<Locked limit={limit(0, '2/1')} />);
    await act(async () => undefined);
    expect(media.currentTime).toBe(0);
    await play(5);
    await seek(80);
    expect(media.currentTime).toBe(5);
  });

  it('is gone with its reason', async () => {
    const { rerender } = render(<Locked limit={limit(10)} />);
    rerender(<Locked limit={null} />);
    await seek(80);
    expect(media.currentTime).toBe(80);
  });
});
