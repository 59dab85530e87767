/**
 * Carries beats from the store to the server: one sender at a time among all
 * tabs, in order, and a beat leaves the store only once the server has
 * answered for it. Sending one twice is harmless: (session, seq) names it.
 */
import type { Beat } from './beats';
import { exclusively } from './lock';
import { BATCH_SIZE, MAX_QUEUED, backOff, beaconBatches, bytesOf, judge, nextBatch, type Reply } from './policy';
import type { BeatStore, QueuedBeat } from './store';

export interface Transport {
  send(grant: string, beats: readonly Beat[]): Promise<Reply>;
  /** Fire and forget, on the way out of the page. False where the browser does not take it. */
  beacon(grant: string, beats: readonly Beat[]): boolean;
}

/** Watching that will never be counted. */
export interface DroppedBeats {
  count: number;
  /** The service refuses them; or more waited than are kept, and these were the oldest. */
  why: 'refused' | 'too-many';
  /** Where refused: the answer's status, and the last part of its problem's type. */
  status?: number;
  slug?: string;
}

export interface OutboxEvents {
  onAccepted?: ((beats: readonly Beat[]) => void) | undefined;
  onDropped?: ((dropped: DroppedBeats) => void) | undefined;
}

interface Told {
  grant: string;
  beat: Beat;
}

/** What the way out tells of is less than this many. */
const MAX_UNANSWERED = 500;

export class BeatOutbox {
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private readonly listeners = new Set<OutboxEvents>();
  /** The newest beats of this page that no answer covers yet: the way out can't wait for IndexedDB. */
  private readonly unanswered = new Map<number | Beat, Told>();

  /** `lock` names what only one of an origin's tabs does at a time. */
  constructor(
    private readonly store: Promise<BeatStore>,
    private readonly transport: Transport,
    private readonly lock = 'seatime.beats',
    private readonly random: () => number = Math.random,
  ) {}

  /** Answers how to stop listening. */
  listen(events: OutboxEvents): () => void {
    this.listeners.add(events);
    return () => void this.listeners.delete(events);
  }

  async add(grant: string, beat: Beat): Promise<void> {
    this.unanswered.set(beat, { grant, beat });
    const store = await this.store;
    const id = await store.add(grant, beat);
    this.unanswered.delete(beat);
    this.unanswered.set(id, { grant, beat });
    for (const oldest of this.unanswered.keys()) {
      if (this.unanswered.size <= MAX_UNANSWERED) break;
      this.unanswered.delete(oldest);
    }
    const count = await store.trim(MAX_QUEUED);
    if (count > 0) this.drop({ count, why: 'too-many' });
    await this.resume();
  }

  /** Send what waits, unless patience was asked for. */
  async resume(): Promise<void> {
    if (this.timer === undefined) await this.flush();
  }

  /** Send what waits, now. Resolves when the store is empty or the server asked for patience. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = exclusively(this.lock, async () => {
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
    const batches = beaconBatches([...this.unanswered.values()], ({ beat }) => bytesOf(beat));
    for (const batch of batches.reverse()) this.tell(batch);
  }

  /** As much as the browser takes: it counts what is still on its way too, and the newest can't be told by others. */
  private tell(batch: readonly Told[]): void {
    const grant = batch[0]?.grant;
    if (grant === undefined || this.transport.beacon(grant, batch.map(({ beat }) => beat))) return;
    this.tell(batch.slice(Math.ceil(batch.length / 2)));
  }

  private async drain(): Promise<void> {
    const store = await this.store;
    let size = BATCH_SIZE;
    for (;;) {
      const known = [...this.unanswered.keys()];
      const batch = nextBatch(await store.oldest(BATCH_SIZE), size, ({ beat }) => bytesOf(beat));
      const grant = batch[0]?.grant;
      if (grant === undefined) {
        this.forget(known);
        return;
      }
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
        for (const { onAccepted } of this.listeners) onAccepted?.(beats);
      } else {
        this.drop({ count: beats.length, why: 'refused', status: reply.status, slug: reply.slug ?? '' });
      }
    }
  }

  private async settle(store: BeatStore, batch: readonly QueuedBeat[]): Promise<void> {
    await store.remove(batch.map((queued) => queued.id));
    this.forget(batch.map((queued) => queued.id));
  }

  /** Also of what another tab has sent: it is not in the store any more. */
  private forget(ids: readonly (number | Beat)[]): void {
    for (const id of ids) if (typeof id === 'number') this.unanswered.delete(id);
  }

  /** Where nobody listens, it is said where whoever runs the page may find it. */
  private drop(dropped: DroppedBeats): void {
    const heard = [...this.listeners].flatMap(({ onDropped }) => onDropped ?? []);
    heard.forEach((onDropped) => onDropped(dropped));
    if (heard.length === 0) console.warn('Seatime: watching that will not be counted.', dropped);
  }

  private retryLater(reply: Reply): void {
    const delay = backOff(this.attempt, reply.retryAfterMs, this.random());
    this.attempt += 1;
    this.again = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), delay);
  }
}
