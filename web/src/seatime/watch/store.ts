/**
 * Where beats wait until the server has them. IndexedDB outlives a reload, a
 * crash and an offline day, and all tabs of an origin share it.
 */
import type { Beat } from './beats';

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

const DATABASE = 'seatime';
const BEATS = 'beats';

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB request failed'));
  });

const open = (): Promise<IDBDatabase> => {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(BEATS, { keyPath: 'id', autoIncrement: true });
  };
  return settled(request);
};

class IndexedDbStore implements BeatStore {
  constructor(private readonly database: IDBDatabase) {}

  private beats(mode: IDBTransactionMode): IDBObjectStore {
    return this.database.transaction(BEATS, mode).objectStore(BEATS);
  }

  async add(grant: string, beat: Beat): Promise<number> {
    return (await settled(this.beats('readwrite').add({ grant, beat }))) as number;
  }

  async oldest(limit: number): Promise<QueuedBeat[]> {
    return (await settled(this.beats('readonly').getAll(null, limit))) as QueuedBeat[];
  }

  async remove(ids: readonly number[]): Promise<void> {
    const beats = this.beats('readwrite');
    await Promise.all(ids.map((id) => settled(beats.delete(id))));
  }

  async trim(max: number): Promise<number> {
    const excess = (await settled(this.beats('readonly').count())) - max;
    if (excess <= 0) return 0;
    const keys = await settled(this.beats('readonly').getAllKeys(null, excess));
    await this.remove(keys as number[]);
    return keys.length;
  }
}

/** For browsers that refuse IndexedDB (some private modes): survives nothing, loses nothing meanwhile. */
export class MemoryStore implements BeatStore {
  private beats: QueuedBeat[] = [];
  private lastId = 0;

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

export const openStore = async (): Promise<BeatStore> => {
  try {
    return new IndexedDbStore(await open());
  } catch {
    return new MemoryStore();
  }
};
