import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Beat } from './beats';
import { BeatOutbox } from './outbox';
import { WatchReporter } from './reporter';
import { MemoryStore } from './store';

/** A media element whose clock is the test's: `play(s)` lets it play for s seconds. */
class Element extends EventTarget {
  currentTime = 0;
  paused = true;
  ended = false;
  readyState = 4;
  playbackRate = 1;
  videoHeight = 0;
  duration = 60;
  loop = false;
  localName: string | undefined = 'mux-player';
  error: { code: number; muxCode?: number } | null = null;
  now = 1_000_000;

  fire(...types: string[]): void {
    for (const type of types) this.dispatchEvent(new Event(type));
  }

  start(): void {
    this.paused = false;
    this.fire('play', 'playing');
  }

  play(seconds: number): void {
    for (let i = 0; i < seconds * 4; i += 1) {
      this.now += 250;
      this.currentTime += 0.25 * this.playbackRate;
      this.fire('timeupdate');
    }
  }

  pause(): void {
    this.paused = true;
    this.fire('pause');
  }

  seek(to: number): void {
    this.currentTime = to;
    this.fire('seeking', 'timeupdate', 'seeked');
    if (!this.paused) this.fire('playing');
  }
}

let count = 0;
let media: Element;
let reporter: WatchReporter;
let sent: { grant: string; beat: Beat }[];
let beacons: Beat[];
let up = true;

const mount = (grant: string, player?: string) => {
  const outbox = new BeatOutbox(Promise.resolve(new MemoryStore()), {
    send: async (under, beats) => {
      if (!up) return { status: 0 };
      sent.push(...beats.map((beat) => ({ grant: under, beat })));
      return { status: 202 };
    },
    beacon: (_grant, beats) => {
      beacons.push(...beats);
      return true;
    },
  });
  return new WatchReporter(media, grant, outbox, { player, now: () => media.now });
};

/** Let the outbox's promises run out. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

const played = (all: typeof sent) =>
  all.flatMap(({ beat }) => beat.watched_segments).reduce((sum, [from, to]) => sum + to - from, 0);
const segments = () => sent.map(({ beat }) => beat.watched_segments).filter((ranges) => ranges.length > 0);
const events = () => sent.flatMap(({ beat }) => beat.events);

beforeEach(() => {
  media = new Element();
  sent = [];
  beacons = [];
  up = true;
  count += 1;
  reporter = mount(`grant-${count}`);
});
afterEach(() => reporter.dispose());

describe('the reporter', () => {
  it('beats every ten seconds and on pause', async () => {
    media.start();
    media.play(23);
    media.pause();
    await settle();
    expect(segments()).toEqual([[[0, 10]], [[10, 20]], [[20, 23]]]);
    expect(sent.map(({ beat }) => beat.seq)).toEqual([1, 2, 3]);
    expect(events().map(({ type }) => type)).toEqual(['play', 'pause']);
  });

  it('does not credit what was skipped', async () => {
    media.start();
    media.play(4);
    media.seek(50);
    media.play(4);
    media.pause();
    await settle();
    expect(segments()).toEqual([[[0, 4]], [[50, 54]]]);
    expect(events().find(({ type }) => type === 'seek')).toMatchObject({ from: 4, to: 50 });
  });

  it('does not credit a stall, nor the wait in a pause', async () => {
    media.start();
    media.play(2);
    media.readyState = 2;
    media.fire('waiting');
    media.now += 30_000;
    media.readyState = 4;
    media.fire('playing');
    media.play(2);
    media.pause();
    await settle();
    expect(sent.map(({ beat }) => beat.at - beat.since)).toEqual([2_000, 2_000]);
    expect(segments()).toEqual([[[0, 2]], [[2, 4]]]);
    expect(sent.map(({ beat }) => beat.stalled)).toEqual([undefined, 30]);
  });

  it('takes no wait after a seek, before the first frame or in a pause for a stall', async () => {
    media.fire('waiting');
    media.now += 5_000;
    media.start();
    media.play(2);
    media.currentTime = 30;
    media.fire('seeking', 'waiting');
    media.now += 5_000;
    media.fire('seeked', 'playing');
    media.play(2);
    media.pause();
    media.fire('waiting');
    media.now += 5_000;
    media.start();
    media.play(2);
    media.pause();
    await settle();
    expect(sent.map(({ beat }) => beat.stalled).filter(Boolean)).toEqual([]);
  });

  it('credits from the target of a seek, though the element has left it when that is heard', async () => {
    media.start();
    media.play(2);
    media.currentTime = 30;
    media.fire('seeking');
    media.now += 200;
    media.currentTime = 30.2;
    media.fire('seeked', 'playing');
    media.play(2);
    media.pause();
    await settle();
    expect(segments()).toEqual([[[0, 2]], [[30, 32.2]]]);
  });

  it('credits from where the element stood when a busy page hears of playing late', async () => {
    media.paused = false;
    media.now += 480;
    media.currentTime = 0.48;
    media.fire('play', 'playing');
    media.play(2);
    media.pause();
    await settle();
    expect(segments()).toEqual([[[0, 2.48]]]);
    expect(sent.map(({ beat }) => beat.at - beat.since)).toEqual([2_480]);
  });

  it('does not take the place where a source starts for a late start', async () => {
    media.currentTime = 0;
    media.fire('emptied');
    media.currentTime = 0.5;
    media.start();
    media.play(2);
    media.pause();
    await settle();
    expect(segments()).toEqual([[[0.5, 2.5]]]);
  });

  it('lets no interval reach back into the one before, however late it hears of playing', async () => {
    media.start();
    media.play(2);
    media.readyState = 2;
    media.fire('waiting');
    media.readyState = 4;
    media.now += 100;
    media.currentTime += 0.5;
    media.fire('playing');
    media.play(1);
    media.pause();
    await settle();
    expect(sent[1]?.beat.since).toBe(sent[0]?.beat.at);
  });

  it('tells rates apart', async () => {
    media.start();
    media.play(2);
    media.playbackRate = 2;
    media.fire('ratechange');
    media.play(2);
    media.pause();
    await settle();
    expect(sent.map(({ beat }) => [beat.rate, beat.watched_segments])).toEqual([
      [1, [[0, 2]]],
      [2, [[2, 6]]],
    ]);
  });

  it('tells of another quality, and not of the first', async () => {
    media.videoHeight = 360;
    media.fire('resize');
    media.start();
    media.play(2);
    media.fire('resize');
    media.videoHeight = 720;
    media.fire('resize');
    media.play(1);
    media.pause();
    await settle();
    expect(events().filter(({ type }) => type === 'qualitychange')).toMatchObject([{ value: '720p', position: 2 }]);
    expect(segments()).toEqual([[[0, 2]], [[2, 3]]]);
  });

  it('tells of what it did at each turn, and not ten seconds later', async () => {
    const turns: [string, () => void][] = [
      ['seek', () => media.seek(30)],
      ['ratechange', () => ((media.playbackRate = 1.5), media.fire('ratechange'))],
      ['qualitychange', () => ((media.videoHeight = 720), media.fire('resize'))],
      ['hidden', () => document.dispatchEvent(new Event('visibilitychange'))],
      ['pause', () => media.pause()],
    ];
    media.videoHeight = 360;
    media.fire('resize');
    for (const [name, turn] of turns) {
      media.start();
      media.play(1);
      const before = played(sent);
      turn();
      await settle();
      expect([name, played(sent) - before]).toEqual([name, expect.closeTo(media.playbackRate === 1 || name === 'ratechange' ? 1 : 1.5)]);
    }
  });

  it('credits an element that loops to its end, each time round', async () => {
    media.loop = true;
    media.duration = 5;
    media.start();
    for (let round = 0; round < 2; round += 1) {
      media.play(4.75);
      media.now += 250;
      media.currentTime = 0;
      media.fire('seeking', 'seeked', 'playing');
    }
    media.play(1);
    media.pause();
    await settle();
    expect(segments()).toEqual([[[0, 5]], [[0, 5]], [[0, 1]]]);
    expect(events().map(({ type }) => type)).toEqual(['play', 'complete', 'play', 'complete', 'play', 'pause']);
  });

  it('takes a seek to the start for one, also where an element loops', async () => {
    media.loop = true;
    media.start();
    media.play(3);
    media.seek(0);
    media.play(1);
    media.pause();
    await settle();
    expect(events().map(({ type }) => type)).toEqual(['play', 'seek', 'pause']);
    expect(segments()).toEqual([[[0, 3]], [[0, 1]]]);
  });

  it('counts nothing while it plays at no speed, and goes on from there', async () => {
    media.start();
    media.play(2);
    media.playbackRate = 0;
    media.fire('ratechange');
    media.now += 60_000;
    media.fire('timeupdate');
    media.playbackRate = 1;
    media.fire('ratechange');
    media.play(2);
    media.pause();
    await settle();
    expect(segments()).toEqual([[[0, 2]], [[2, 4]]]);
    for (const { beat } of sent) expect(beat.rate).toBeGreaterThan(0);
  });

  it('does not mind that a duration changes while it plays', async () => {
    media.start();
    media.play(2);
    media.duration = Infinity;
    media.fire('durationchange');
    media.play(2);
    media.pause();
    await settle();
    expect(segments()).toEqual([[[0, 4]]]);
  });

  it('says what was played where nobody could see it', async () => {
    const visibility = vi.spyOn(document, 'visibilityState', 'get');
    const turn = (state: DocumentVisibilityState) => {
      visibility.mockReturnValue(state);
      document.dispatchEvent(new Event('visibilitychange'));
    };
    media.start();
    media.play(2);
    turn('hidden');
    media.play(3);
    turn('visible');
    media.play(1);
    media.pause();
    await settle();
    expect(sent.map(({ beat }) => [beat.hidden, beat.watched_segments])).toEqual([
      [false, [[0, 2]]],
      [true, [[2, 5]]],
      [false, [[5, 6]]],
    ]);
  });

  it.each([
    ['kept by the browser', () => window.dispatchEvent(new Event('pagehide'))],
    ['frozen', () => document.dispatchEvent(new Event('freeze'))],
  ])('a page that was %s has not played meanwhile', async (_how, leave) => {
    media.start();
    media.play(2);
    leave();
    await settle();
    expect(segments()).toEqual([[[0, 2]]]);
    media.now += 3_600_000;
    media.play(2);
    media.pause();
    await settle();
    const last = sent.at(-1)?.beat;
    expect(last?.watched_segments).toEqual([[2, 4]]);
    expect((last?.at ?? 0) - (last?.since ?? 0)).toBeLessThanOrEqual(2_000);
  });

  it('goes on counting when the machine’s clock is set back', async () => {
    media.start();
    media.play(5);
    media.now -= 3_600_000;
    media.play(25);
    media.pause();
    await settle();
    expect(segments().flat().at(-1)?.[1]).toBe(30);
    for (const { beat } of sent) {
      const claimed = beat.watched_segments.reduce((sum, [from, to]) => sum + to - from, 0);
      expect(beat.at - beat.since).toBeGreaterThanOrEqual(claimed * 1000 - 500);
      expect(beat.at).toBeLessThanOrEqual(media.now);
    }
  });

  it('says which player it is: as the caller calls it, else by the element', async () => {
    const played = async () => {
      media.start();
      media.play(1);
      media.pause();
      await settle();
      reporter.dispose();
      return sent.at(-1)?.beat.player;
    };
    expect(await played()).toBe('mux-player');
    reporter = mount('grant-named', 'hls.js');
    expect(await played()).toBe('hls.js');
    reporter = mount('grant-long', 'x'.repeat(40));
    expect(await played()).toBe('x'.repeat(32));
    media.localName = undefined;
    reporter = mount('grant-nameless');
    expect(await played()).toBeUndefined();
  });

  it.each([
    [{ code: 3 }, '3'],
    [{ code: 2, muxCode: 2403210 }, 'expired'],
    [{ code: 2, muxCode: 2404000 }, '2'],
    [null, undefined],
  ])('tells of the error %o as %s', async (error, value) => {
    media.start();
    media.play(2);
    media.error = error;
    media.fire('error');
    await settle();
    expect(events().map(({ type, value: told }) => [type, told])).toEqual([
      ['play', undefined],
      ['error', value],
    ]);
    expect(segments()).toEqual([[[0, 2]]]);
  });

  it('closes at the end with one beat', async () => {
    media.start();
    media.play(3);
    media.paused = true;
    media.ended = true;
    media.fire('pause', 'ended');
    await settle();
    expect(sent).toHaveLength(1);
    expect(events().map(({ type }) => type)).toEqual(['play', 'complete']);
  });

  it('gives each beat to the grant it was played under, and numbers on', async () => {
    media.start();
    media.play(3);
    reporter.useGrant(`refreshed-${count}`);
    media.play(3);
    media.pause();
    await settle();
    expect(sent.map(({ grant, beat }) => [grant, beat.seq, beat.watched_segments])).toEqual([
      [`grant-${count}`, 1, [[0, 3]]],
      [`refreshed-${count}`, 2, [[3, 6]]],
    ]);
  });

  it('does not take a replaced source for a seek', async () => {
    media.start();
    media.play(3);
    media.paused = true;
    media.currentTime = 0;
    media.fire('emptied');
    media.seek(3);
    media.start();
    media.play(3);
    media.pause();
    await settle();
    expect(segments()).toEqual([[[0, 3]], [[3, 6]]]);
    expect(events().some(({ type }) => type === 'seek')).toBe(false);
  });

  it('numbers on when a player is mounted again under the same grant', async () => {
    media.start();
    media.play(3);
    media.pause();
    reporter.dispose();
    reporter = mount(`grant-${count}`);
    media.start();
    media.play(3);
    media.pause();
    await settle();
    expect(sent.map(({ beat }) => beat.seq)).toEqual([1, 2]);
  });

  it('tells by beacon what was played when the page goes away', async () => {
    up = false;
    media.start();
    media.play(12);
    await settle();
    media.play(3);
    window.dispatchEvent(new Event('pagehide'));
    expect(beacons.map(({ watched_segments: ranges }) => ranges)).toEqual([[[0, 10]], [[10, 15]]]);
  });

  it('says nothing while nothing plays', async () => {
    media.seek(20);
    media.fire('timeupdate', 'waiting');
    document.dispatchEvent(new Event('visibilitychange'));
    await settle();
    expect(sent).toEqual([]);
  });
});
