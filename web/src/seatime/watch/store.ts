/**
 * Where beats wait until the server has them. IndexedDB outlives a reload, a
 * crash and an offline day, and all tabs of an origin share it. What it does
 * not take, this page remembers for as long as it lives.
 */
import type { Beat } from './beats';
import { openDisk } from './disk';

export interface QueuedBeat {
  /** Assigned by the store, ascending. */
  id: number;
  grant: string;
  beat: Beat;
}

export interface BeatStore {
  add(grant: string, beat: Beat): Promise<number>;
  /** Oldest first. */
  oldest(limit: number): Promise<QueuedBeat[]>;
  remove(ids: readonly number[]): Promise<void>;
  /** Drop the oldest beyond `max`; answers how many were dropped. */
  trim(max: number): Promise<number>;
}

export class MemoryStore implements BeatStore {
  private beats: QueuedBeat[] = [];

  /** Ids count up from `lastId`. */
  constructor(private lastId = 0) {}

  async add(grant: string, beat: Beat): Promise<number> {
    this.lastId += 1;
    this.beats.push({ id: this.lastId, grant, beat });
    return this.lastId;
  }

  async oldest(limit: number): Promise<QueuedBeat[]> {
    return this.beats.slice(0, limit);
  }

  async remove(ids: readonly number[]): Promise<void> {
    this.beats = this.beats.filter((queued) => !ids.includes(queued.id));
  }

  async trim(max: number): Promise<number> {
    const excess = Math.max(0, this.beats.length - max);
    this.beats = this.beats.slice(excess);
    return excess;
  }
}

/** Below any id that a disk gives out, so that an id says where its beat is. */
const FIRST_IN_MEMORY = -Number.MAX_SAFE_INTEGER;

/**
 * The disk, and memory for what it refuses: it is full, was closed, or has not opened yet. What the disk has already is
 * sent all the same.
 */
export class CarefulStore implements BeatStore {
  private readonly memory = new MemoryStore(FIRST_IN_MEMORY);
  private disk: BeatStore | null = null;

  /** `onVolatile` is called for each beat that only this page remembers. */
  constructor(
    opening: Promise<BeatStore>,
    private readonly onVolatile: (cause: unknown) => void = () => undefined,
  ) {
    opening.then(
      (disk) => (this.disk = disk),
      () => undefined,
    );
  }

  async add(grant: string, beat: Beat): Promise<number> {
    try {
      if (this.disk === null) throw new Error('IndexedDB did not open.');
      return await this.disk.add(grant, beat);
    } catch (cause) {
      this.onVolatile(cause);
      return this.memory.add(grant, beat);
    }
  }

  async oldest(limit: number): Promise<QueuedBeat[]> {
    const onDisk = await this.disk?.oldest(limit).catch(() => []);
    return [...(onDisk ?? []), ...(await this.memory.oldest(limit))].slice(0, limit);
  }

  async remove(ids: readonly number[]): Promise<void> {
    await this.memory.remove(ids);
    const onDisk = ids.filter((id) => id > 0);
    if (onDisk.length > 0) await this.disk?.remove(onDisk);
  }

  /** Each by itself: what one has room for is no reason to drop from the other. */
  async trim(max: number): Promise<number> {
    const onDisk = await this.disk?.trim(max).catch(() => 0);
    return (onDisk ?? 0) + (await this.memory.trim(max));
  }
}

/** Some browsers neither open a database nor say that they won't; nobody waits longer than this. */
const PATIENCE_MS = 5_000;

/** `name` is of the database. Resolves however the disk fares. */
export const openStore = async (name: string, onVolatile?: (cause: unknown) => void, patienceMs = PATIENCE_MS): Promise<BeatStore> => {
  const opening = openDisk(name);
  const store = new CarefulStore(opening, onVolatile);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)));
  await Promise.race([opening.catch(() => undefined), patience]);
  clearTimeout(timer);
  return store;
};
