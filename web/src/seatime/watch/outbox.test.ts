import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Beat } from './beats';
import { BeatOutbox, type DroppedBeats, type Transport } from './outbox';
import type { Reply } from './policy';
import { CarefulStore, MemoryStore, openStore, type BeatStore } from './store';

const beat = (seq: number): Beat => ({
  seq,
  since: seq * 10_000,
  at: (seq + 1) * 10_000,
  position: seq * 10,
  rate: 1,
  watched_segments: [[seq * 10, seq * 10 + 10]],
  hidden: false,
  events: [],
});

class Server implements Transport {
  taken: [string, number][] = [];
  requests = 0;
  beacons: number[][] = [];
  constructor(public answer: (beats: readonly Beat[]) => Reply = () => ({ status: 202 })) {}

  async send(grant: string, beats: readonly Beat[]): Promise<Reply> {
    this.requests += 1;
    const reply = this.answer(beats);
    if (reply.status === 202) this.taken.push(...beats.map((b): [string, number] => [grant, b.seq]));
    return reply;
  }

  beacon(_grant: string, beats: readonly Beat[]): boolean {
    this.beacons.push(beats.map((b) => b.seq));
    return true;
  }
}

const REFUSED = { status: 422, slug: 'invalid-payload' };

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

describe.each<[string, () => Promise<BeatStore>]>([
  ['IndexedDB', () => openStore('seatime')],
  ['memory', async () => new MemoryStore()],
])('the outbox over %s', (_name, open) => {
  it('sends what is added and forgets what was taken', async () => {
    const store = open();
    const server = new Server();
    const outbox = new BeatOutbox(store, server);
    await outbox.add('g', beat(1));
    await outbox.add('g', beat(2));
    expect(server.taken).toEqual([['g', 1], ['g', 2]]);
    expect(await (await store).oldest(10)).toEqual([]);
  });

  it('keeps everything through an outage and sends it in order afterwards', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const server = new Server(() => ({ status: 503, retryAfterMs: 5_000 }));
    const outbox = new BeatOutbox(open(), server);
    for (let seq = 1; seq <= 5; seq += 1) await outbox.add('g', beat(seq));
    expect(server.requests).toBe(1);
    server.answer = () => ({ status: 202 });
    vi.advanceTimersByTime(4_999);
    expect(server.requests).toBe(1);
    vi.advanceTimersByTime(1);
    vi.useRealTimers();
    await outbox.flush();
    expect(server.taken.map(([, seq]) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it('drops only the beat that the server can never take', async () => {
    const store = open();
    const server = new Server(() => ({ status: 0 }));
    const dropped: DroppedBeats[] = [];
    const outbox = new BeatOutbox(store, server);
    outbox.listen({ onDropped: (lost) => dropped.push(lost) });
    for (let seq = 1; seq <= 9; seq += 1) await outbox.add('g', beat(seq));
    server.answer = (beats) => (beats.some((b) => b.seq === 4) ? REFUSED : { status: 202 });
    await outbox.flush();
    expect(dropped).toEqual([{ count: 1, why: 'refused', ...REFUSED }]);
    expect(server.taken.map(([, seq]) => seq)).toEqual([1, 2, 3, 5, 6, 7, 8, 9]);
    expect(await (await store).oldest(10)).toEqual([]);
  });

  it('sends each beat under the grant that it was made under', async () => {
    const server = new Server(() => ({ status: 0 }));
    const outbox = new BeatOutbox(open(), server);
    await outbox.add('old', beat(1));
    await outbox.add('new', beat(2));
    await outbox.add('old', beat(3));
    server.answer = () => ({ status: 202 });
    await outbox.flush();
    expect([...server.taken].sort((a, b) => a[1] - b[1])).toEqual([['old', 1], ['new', 2], ['old', 3]]);
  });

  it('tells on the way out what has no answer yet, and keeps it', async () => {
    const store = open();
    const server = new Server(() => ({ status: 0 }));
    const outbox = new BeatOutbox(store, server);
    await outbox.add('g', beat(1));
    void outbox.add('g', beat(2));
    outbox.leave();
    expect(server.beacons).toEqual([[1, 2]]);
    await vi.waitFor(async () => expect(await (await store).oldest(10)).toHaveLength(2));
  });
});

describe('the queue on disk', () => {
  it('outlives the page that filled it', async () => {
    const before = new BeatOutbox(openStore('seatime'), new Server(() => ({ status: 0 })));
    await before.add('g', beat(1));
    const server = new Server();
    await new BeatOutbox(openStore('seatime'), server).flush();
    expect(server.taken).toEqual([['g', 1]]);
  });

  it('is bounded by giving up the oldest', async () => {
    const store = await openStore('seatime');
    for (let seq = 1; seq <= 7; seq += 1) await store.add('g', beat(seq));
    expect(await store.trim(5)).toBe(2);
    expect((await store.oldest(10)).map(({ beat: kept }) => kept.seq)).toEqual([3, 4, 5, 6, 7]);
  });

  it('is another for another gateway', async () => {
    await (await openStore('seatime')).add('g', beat(1));
    expect(await (await openStore('seatime https://video.example.org')).oldest(10)).toEqual([]);
  });
});

describe('a disk that does not take a beat', () => {
  const store = (disk: Promise<BeatStore>) => {
    const onVolatile = vi.fn();
    return { careful: new CarefulStore(disk, onVolatile), onVolatile };
  };

  it('is told of, and the page remembers; what the disk has is sent as well', async () => {
    const disk = new MemoryStore();
    const opening = Promise.resolve(disk);
    const { careful, onVolatile } = store(opening);
    await opening;
    await careful.add('g', beat(1));
    expect(onVolatile).not.toHaveBeenCalled();
    vi.spyOn(disk, 'add').mockRejectedValue(new DOMException('full', 'QuotaExceededError'));
    await careful.add('g', beat(2));
    expect(onVolatile).toHaveBeenCalledTimes(1);
    const server = new Server();
    await new BeatOutbox(Promise.resolve(careful), server).flush();
    expect(server.taken).toEqual([['g', 1], ['g', 2]]);
    expect(await careful.oldest(10)).toEqual([]);
  });

  it('may find out that it is full when all seemed well', async () => {
    const add = IDBObjectStore.prototype.add;
    vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(function (this: IDBObjectStore, value: unknown) {
      const request = add.call(this, value);
      request.addEventListener('success', () => this.transaction.abort());
      return request;
    });
    const server = new Server();
    await new BeatOutbox(openStore('seatime'), server).add('g', beat(1));
    expect(server.taken).toEqual([['g', 1]]);
  });

  it.each([
    ['is not there', () => Promise.reject(new ReferenceError('indexedDB is not defined'))],
    ['never opens', () => new Promise<never>(() => undefined)],
  ])('%s: beats are sent all the same, and kept through an outage', async (_case, opening) => {
    const { careful, onVolatile } = store(opening());
    const server = new Server(() => ({ status: 503 }));
    const outbox = new BeatOutbox(Promise.resolve(careful), server);
    await outbox.add('g', beat(1));
    server.answer = () => ({ status: 202 });
    await outbox.flush();
    expect(server.taken).toEqual([['g', 1]]);
    expect(onVolatile).toHaveBeenCalled();
  });

  it('keeps nobody waiting when it neither opens nor says that it won’t', async () => {
    vi.stubGlobal('indexedDB', { open: () => ({}) });
    const server = new Server();
    await new BeatOutbox(openStore('seatime', undefined, 5), server).add('g', beat(1));
    expect(server.taken).toEqual([['g', 1]]);
    vi.unstubAllGlobals();
  });

  it('is let go of when another tab needs a newer one', async () => {
    const onVolatile = vi.fn();
    const old = await openStore('seatime', onVolatile);
    await old.add('g', beat(1));
    const newer = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('seatime', 2);
      request.onsuccess = () => resolve(request.result);
      request.onblocked = () => reject(new Error('blocked'));
    });
    newer.close();
    await old.add('g', beat(2));
    expect(onVolatile).toHaveBeenCalledTimes(1);
    expect(await old.oldest(10)).toMatchObject([{ beat: { seq: 2 } }]);
  });
});

describe('among tabs', () => {
  const locks = (request: unknown) => Object.defineProperty(navigator, 'locks', { value: { request }, configurable: true });
  afterEach(() => Reflect.deleteProperty(navigator, 'locks'));

  it('one sends at a time, and nothing is sent twice', async () => {
    let held = Promise.resolve();
    locks((_name: string, _options: object, work: () => Promise<void>) => (held = held.then(work)));
    const store = openStore('seatime');
    let sending = 0;
    const most: number[] = [];
    const server = new Server();
    const slow: Transport = {
      send: async (grant, beats) => {
        most.push((sending += 1));
        await new Promise((resolve) => setTimeout(resolve));
        sending -= 1;
        return server.send(grant, beats);
      },
      beacon: () => true,
    };
    const tabs = [new BeatOutbox(store, slow), new BeatOutbox(store, slow)];
    await Promise.all([1, 2, 3, 4, 5, 6].map((seq) => tabs[seq % 2]?.add('g', beat(seq))));
    expect(Math.max(...most)).toBe(1);
    expect(server.taken.map(([, seq]) => seq).sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('beats are sent where the browser gives no locks', async () => {
    locks(() => Promise.reject(new DOMException('no origin', 'SecurityError')));
    const server = new Server();
    await new BeatOutbox(openStore('seatime'), server).add('g', beat(1));
    expect(server.taken).toEqual([['g', 1]]);
  });

  it('a sender that has hung keeps the others waiting for a minute at most', async () => {
    locks((_name: string, { signal }: { signal: AbortSignal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    const server = new Server();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const outbox = new BeatOutbox(Promise.resolve(new MemoryStore()), server);
    const added = outbox.add('g', beat(1));
    await vi.advanceTimersByTimeAsync(59_000);
    expect(server.requests).toBe(0);
    await vi.advanceTimersByTimeAsync(1_000);
    vi.useRealTimers();
    await added;
    expect(server.taken).toEqual([['g', 1]]);
  });

  it('what another has sent is not told again on the way out', async () => {
    const store = openStore('seatime');
    const server = new Server(() => ({ status: 0 }));
    const here = new BeatOutbox(store, server);
    await here.add('g', beat(1));
    await new BeatOutbox(store, new Server()).flush();
    await here.flush();
    here.leave();
    expect(server.beacons).toEqual([]);
  });
});

describe('a queue of many', () => {
  const wordy = (seq: number): Beat => ({
    ...beat(seq),
    events: Array.from({ length: 50 }, (_, i) => ({ type: 'seek', at: 1_800_000_000_000 + i, from: 1, to: 2 })),
  });

  it('never sends more at once than a browser lets go with a page', async () => {
    const server = new Server(() => ({ status: 0 }));
    const outbox = new BeatOutbox(openStore('seatime'), server);
    for (let seq = 1; seq <= 40; seq += 1) await outbox.add('g', wordy(seq));
    const sizes: number[] = [];
    server.answer = (beats) => {
      sizes.push(JSON.stringify(beats).length);
      return { status: 202 };
    };
    await outbox.flush();
    expect(server.taken).toHaveLength(40);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(32_000);
  });

  it('tells the newest of it where the browser takes no more', async () => {
    const server = new Server(() => ({ status: 0 }));
    const outbox = new BeatOutbox(openStore('seatime'), server);
    for (let seq = 1; seq <= 8; seq += 1) await outbox.add('g', beat(seq));
    const told: number[][] = [];
    server.beacon = (_grant, beats) => {
      told.push(beats.map(({ seq }) => seq));
      return beats.length <= 2;
    };
    outbox.leave();
    expect(told.at(-1)).toEqual([7, 8]);
  });

  it('says how many were the oldest of too many', async () => {
    const store = new MemoryStore();
    vi.spyOn(store, 'trim').mockResolvedValueOnce(3);
    const dropped: DroppedBeats[] = [];
    const outbox = new BeatOutbox(Promise.resolve(store), new Server());
    outbox.listen({ onDropped: (lost) => dropped.push(lost) });
    await outbox.add('g', beat(1));
    expect(dropped).toEqual([{ count: 3, why: 'too-many' }]);
  });

  it('is dropped at once where its grant is refused, in words where nobody listens, and the rest is sent', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const server = new Server(() => ({ status: 0 }));
    const outbox = new BeatOutbox(openStore('seatime'), server);
    for (let seq = 1; seq <= 20; seq += 1) await outbox.add('old', beat(seq));
    await outbox.add('new', beat(21));
    server.requests = 0;
    server.answer = (beats) => (beats.some(({ seq }) => seq <= 20) ? { status: 401, slug: 'invalid-grant' } : { status: 202 });
    await outbox.flush();
    expect(server.requests).toBe(2);
    expect(server.taken).toEqual([['new', 21]]);
    expect(warn).toHaveBeenCalledWith(expect.any(String), { count: 20, why: 'refused', status: 401, slug: 'invalid-grant' });
  });
});
