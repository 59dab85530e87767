import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Beat } from './beats';
import { BeatOutbox, type Transport } from './outbox';
import type { Reply } from './policy';
import { MemoryStore, openStore, type BeatStore } from './store';

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

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

describe.each<[string, () => Promise<BeatStore>]>([
  ['IndexedDB', openStore],
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
    const dropped: number[] = [];
    const outbox = new BeatOutbox(store, server, { onDropped: (lost) => lost && dropped.push(lost.seq) });
    for (let seq = 1; seq <= 9; seq += 1) await outbox.add('g', beat(seq));
    server.answer = (beats) => ({ status: beats.some((b) => b.seq === 4) ? 422 : 202 });
    await outbox.flush();
    expect(dropped).toEqual([4]);
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
    const before = new BeatOutbox(openStore(), new Server(() => ({ status: 0 })));
    await before.add('g', beat(1));
    before.close();
    const server = new Server();
    await new BeatOutbox(openStore(), server).flush();
    expect(server.taken).toEqual([['g', 1]]);
  });

  it('is bounded by giving up the oldest', async () => {
    const store = await openStore();
    for (let seq = 1; seq <= 7; seq += 1) await store.add('g', beat(seq));
    expect(await store.trim(5)).toBe(2);
    expect((await store.oldest(10)).map(({ beat: kept }) => kept.seq)).toEqual([3, 4, 5, 6, 7]);
  });

  it('gives way to memory when the disk refuses', async () => {
    const store = await openStore();
    vi.spyOn(store, 'add').mockRejectedValue(new DOMException('full', 'QuotaExceededError'));
    const server = new Server();
    await new BeatOutbox(Promise.resolve(store), server).add('g', beat(1));
    expect(server.taken).toEqual([['g', 1]]);
  });
});
