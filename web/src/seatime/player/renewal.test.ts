import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StreamAddresses, namesIn } from './addresses';
import { renewingLoaders } from './loaders';
import { Renewal } from './renewal';

const HOST = 'https://stream.example.org';
const master = (key: string, more = ''): string => `#EXTM3U
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="English",URI="${HOST}/en.m3u8?k=${key}"
${more}#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360
${HOST}/low.m3u8?k=${key}
#EXT-X-STREAM-INF:BANDWIDTH=2400000,RESOLUTION=1280x720
${HOST}/high.m3u8?k=${key}
`;
const media = (name: string, key: string): string => `#EXTM3U
#EXT-X-MAP:URI="${name}/init.mp4?k=${key}"
#EXTINF:5.0,
${name}/0.ts?k=${key}
#EXTINF:5.0,
${name}/1.ts?k=${key}
#EXTINF:2.0,
${name}/2.ts?k=${key}
#EXT-X-ENDLIST
`;

/** The stream's host: what it answers an address with, and what it was asked. */
const host = new Map<string, string>();
const asked: string[] = [];
const publish = (key: string, more = '') => {
  host.set(`${HOST}/p.m3u8?token=${key}`, master(key, more));
  for (const name of ['low', 'high', 'en']) host.set(`${HOST}/${name}.m3u8?k=${key}`, media(name, key));
};

beforeEach(() => {
  host.clear();
  asked.length = 0;
  publish('old');
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    const text = host.get(url);
    return new Response(text ?? 'refused', { status: text === undefined ? 403 : 200 });
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Addresses of a player that has read the stream's playlist and that of its low rendition. */
const reading = () => {
  const addresses = new StreamAddresses(`${HOST}/p.m3u8?token=old`);
  for (const url of [`${HOST}/p.m3u8?token=old`, `${HOST}/low.m3u8?k=old`]) addresses.note(url, url, host.get(url) ?? '');
  return addresses;
};

describe('the addresses of a stream', () => {
  it('are what they are until there is a newer grant, and nothing is asked for', async () => {
    const addresses = reading();
    expect(await addresses.now(`${HOST}/low/1.ts?k=old`)).toBe(`${HOST}/low/1.ts?k=old`);
    expect(asked).toEqual([]);
  });

  it('are found under a newer grant: each playlist, each segment, and what comes before the first', async () => {
    const addresses = reading();
    publish('new');
    addresses.renew(`${HOST}/p.m3u8?token=new`);
    expect(asked).toEqual([]);
    for (const path of ['low/0.ts', 'low/1.ts', 'low/2.ts', 'low/init.mp4', 'low.m3u8', 'high.m3u8', 'en.m3u8']) {
      expect(await addresses.now(`${HOST}/${path}?k=old`)).toBe(`${HOST}/${path}?k=new`);
    }
    expect(await addresses.now(`${HOST}/p.m3u8?token=old`)).toBe(`${HOST}/p.m3u8?token=new`);
    expect(asked).toEqual([`${HOST}/p.m3u8?token=new`, `${HOST}/low.m3u8?k=new`]);
  });

  it('are found where captions were added meanwhile', async () => {
    const addresses = reading();
    publish('new', `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="Deutsch",URI="${HOST}/de.m3u8?k=new"\n`);
    addresses.renew(`${HOST}/p.m3u8?token=new`);
    expect(await addresses.now(`${HOST}/en.m3u8?k=old`)).toBe(`${HOST}/en.m3u8?k=new`);
    expect(await addresses.now(`${HOST}/low/2.ts?k=old`)).toBe(`${HOST}/low/2.ts?k=new`);
  });

  it('are found a second time, also of a playlist that was read under the first', async () => {
    const addresses = reading();
    publish('new');
    addresses.renew(`${HOST}/p.m3u8?token=new`);
    addresses.note(`${HOST}/high.m3u8?k=old`, `${HOST}/high.m3u8?k=new`, host.get(`${HOST}/high.m3u8?k=new`) ?? '');
    publish('newest');
    addresses.renew(`${HOST}/p.m3u8?token=newest`);
    expect(await addresses.now(`${HOST}/high/1.ts?k=new`)).toBe(`${HOST}/high/1.ts?k=newest`);
    expect(await addresses.now(`${HOST}/low/0.ts?k=old`)).toBe(`${HOST}/low/0.ts?k=newest`);
  });

  it('that nobody knows stay as they are', async () => {
    const addresses = reading();
    addresses.renew(`${HOST}/p.m3u8?token=new`);
    expect(await addresses.now('https://elsewhere.example.org/x.ts')).toBe('https://elsewhere.example.org/x.ts');
  });

  it('are asked for again after a playlist could not be read', async () => {
    const addresses = reading();
    addresses.renew(`${HOST}/p.m3u8?token=new`);
    await expect(addresses.now(`${HOST}/low/1.ts?k=old`)).rejects.toThrow('403');
    publish('new');
    expect(await addresses.now(`${HOST}/low/1.ts?k=old`)).toBe(`${HOST}/low/1.ts?k=new`);
  });

  it('have names of their own, where tags are alike too', () => {
    const names = namesIn(media('low', 'old'), `${HOST}/low.m3u8`).map(({ name }) => name);
    expect(new Set(names).size).toBe(4);
  });
});

/** Answers as hls.js's own loader would. */
class HostLoader {
  stats = { loading: { start: 0 } };
  load(context: { url: string }, _config: unknown, callbacks: Record<string, (...args: unknown[]) => void>) {
    const text = host.get(context.url);
    asked.push(context.url);
    queueMicrotask(() =>
      text === undefined
        ? callbacks['onError']?.({ code: 403, text: '' }, context, null, this.stats)
        : callbacks['onSuccess']?.({ url: context.url, data: text, code: 200 }, this.stats, context, null),
    );
  }
  abort() {}
  destroy() {}
}

const loaded = (config: ReturnType<typeof renewingLoaders>, url: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const Loader = config.pLoader as unknown as new (config: unknown) => HostLoader;
    new Loader({ loader: HostLoader }).load({ url }, {}, {
      onSuccess: (response) => resolve((response as { data: string }).data),
      onError: (error) => reject(new Error(String((error as { code: number }).code))),
    });
  });

describe('a player’s request that is refused', () => {
  it('waits for a newer grant and is made once more', async () => {
    const refresh = vi.fn();
    const renewal = new Renewal(`${HOST}/p.m3u8?token=old`, refresh);
    await loaded(renewal.config, `${HOST}/p.m3u8?token=old`);
    host.delete(`${HOST}/low.m3u8?k=old`);
    host.delete(`${HOST}/high.m3u8?k=old`);
    publish('new');
    host.delete(`${HOST}/low.m3u8?k=old`);
    const answers = [loaded(renewal.config, `${HOST}/low.m3u8?k=old`), loaded(renewal.config, `${HOST}/high.m3u8?k=old`)];
    await vi.waitFor(() => expect(refresh).toHaveBeenCalledTimes(1));
    expect(renewal.accept(`${HOST}/p.m3u8?token=new`)).toBe(true);
    expect(await Promise.all(answers)).toEqual([media('low', 'new'), media('high', 'new')]);
  });

  it('fails when it is refused again', async () => {
    const renewal = new Renewal(`${HOST}/p.m3u8?token=old`, () => renewal.accept(`${HOST}/p.m3u8?token=new`));
    await loaded(renewal.config, `${HOST}/p.m3u8?token=old`);
    host.clear();
    await expect(loaded(renewal.config, `${HOST}/low.m3u8?k=old`)).rejects.toThrow('403');
  });

  it('fails when no newer grant comes in time', async () => {
    vi.useFakeTimers();
    const renewal = new Renewal(`${HOST}/p.m3u8?token=old`, () => undefined);
    const answer = expect(loaded(renewal.config, `${HOST}/gone.m3u8`)).rejects.toThrow('403');
    await vi.advanceTimersByTimeAsync(20_000);
    await answer;
  });

  it('is no matter of a stream that the player does not ask for through us', () => {
    const renewal = new Renewal(`${HOST}/p.m3u8?token=old`, () => undefined);
    expect(renewal.accept(`${HOST}/p.m3u8?token=new`)).toBe(false);
  });

  it('does not bring a player over to another video', async () => {
    const renewal = new Renewal(`${HOST}/p.m3u8?token=old`, () => undefined);
    await loaded(renewal.config, `${HOST}/p.m3u8?token=old`);
    expect(renewal.accept(`${HOST}/q.m3u8?token=new`)).toBe(false);
  });
});
