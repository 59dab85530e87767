/**
 * Carries beats from the store to the server: one sender at a time among all
 * tabs, in order, and a beat leaves the store only once the server has
 * answered for it. Sending one twice is harmless: (session, seq) names it.
 */
import type { Beat } from './beats';
import { BATCH_SIZE, MAX_QUEUED, backOff, beaconBatches, judge, nextBatch, type Reply } from './policy';
import { MemoryStore, type BeatStore, type QueuedBeat } from './store';

export interface Transport {
  send(grant: string, beats: readonly Beat[]): Promise<Reply>;
  /** Fire and forget, on the way out of the page. */
  beacon(grant: string, beats: readonly Beat[]): boolean;
}

export interface OutboxEvents {
  onAccepted?: (beats: readonly Beat[]) => void;
  onDropped?: (beat: Beat | null, status: number) => void;
}

const LOCK = 'seatime.beats';

const exclusively = async (work: () => Promise<void>): Promise<void> => {
  if (typeof navigator !== 'undefined' && 'locks' in navigator) {
    await navigator.locks.request(LOCK, work);
  } else {
    await work();
  }
};

export class BeatOutbox {
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  /** Beats of this page that no answer covers yet: the way out can't wait for IndexedDB. */
  private readonly unanswered = new Map<number | Beat, { grant: string; beat: Beat }>();

  constructor(
    private store: Promise<BeatStore>,
    private readonly transport: Transport,
    private readonly events: OutboxEvents = {},
    private readonly random: () => number = Math.random,
  ) {}

  async add(grant: string, beat: Beat): Promise<void> {
    this.unanswered.set(beat, { grant, beat });
    const id = await this.keep(grant, beat);
    this.unanswered.delete(beat);
    this.unanswered.set(id, { grant, beat });
    if (this.timer === undefined) await this.flush();
  }

  /** Send what waits. Resolves when the store is empty or the server asked for patience. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = exclusively(async () => {
      do {
        this.again = false;
        await this.drain();
      } while (this.again);
    })
      .catch(() => this.retryLater({ status: 0 }))
      .finally(() => {
        this.running = undefined;
        if (this.again) void this.flush(); // asked for when the last look was over, and this not yet
      });
    return this.running;
  }

  /** The page goes away: tell what is not answered. It stays stored, in case nobody heard. */
  leave(): void {
    const records = [...this.unanswered.values()];
    for (const batch of beaconBatches(records, ({ beat }) => JSON.stringify(beat).length + 1)) {
      const grant = batch[0]?.grant;
      if (grant !== undefined) this.transport.beacon(grant, batch.map((record) => record.beat));
    }
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** A disk that is full must not stop the reporting: from then on this page remembers by itself. */
  private async keep(grant: string, beat: Beat): Promise<number> {
    try {
      const store = await this.store;
      const id = await store.add(grant, beat);
      if ((await store.trim(MAX_QUEUED)) > 0) this.events.onDropped?.(null, 0);
      return id;
    } catch {
      const memory = new MemoryStore();
      this.store = Promise.resolve(memory);
      return memory.add(grant, beat);
    }
  }

  private async drain(): Promise<void> {
    const store = await this.store;
    let size = BATCH_SIZE;
    for (;;) {
      const batch = nextBatch(await store.oldest(BATCH_SIZE), size);
      const grant = batch[0]?.grant;
      if (grant === undefined) return;
      const beats = batch.map((queued) => queued.beat);
      const reply = await this.transport.send(grant, beats);
      const verdict = judge(reply, batch.length);
      if (verdict === 'retry') {
        this.retryLater(reply);
        return;
      }
      if (verdict === 'split') {
        size = Math.ceil(batch.length / 2);
        continue;
      }
      await this.settle(store, batch);
      this.attempt = 0;
      if (verdict === 'accepted') {
        size = BATCH_SIZE;
        this.events.onAccepted?.(beats);
      } else {
        this.events.onDropped?.(beats[0] ?? null, reply.status);
      }
    }
  }

  private async settle(store: BeatStore, batch: readonly QueuedBeat[]): Promise<void> {
    await store.remove(batch.map((queued) => queued.id));
    for (const queued of batch) this.unanswered.delete(queued.id);
  }

  private retryLater(reply: Reply): void {
    const delay = backOff(this.attempt, reply.retryAfterMs, this.random());
    this.attempt += 1;
    this.again = false;
    this.timer = setTimeout(() => void this.flush(), delay);
  }
}
