/** Beats in IndexedDB. */
import type { Beat } from './beats';
import type { BeatStore, QueuedBeat } from './store';

const BEATS = 'beats';

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB request failed'));
  });

/** A disk may turn out full when a transaction ends, after each of its requests has succeeded. */
const committed = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    const fail = () => reject(transaction.error ?? new Error('IndexedDB transaction failed'));
    transaction.oncomplete = () => resolve();
    transaction.onabort = fail;
    transaction.onerror = fail;
  });

class DiskStore implements BeatStore {
  constructor(private readonly database: IDBDatabase) {
    // Another tab needs a newer layout, and waits until nobody has the old one open.
    database.onversionchange = () => database.close();
  }

  async add(grant: string, beat: Beat): Promise<number> {
    return (await this.write((beats) => settled(beats.add({ grant, beat })))) as number;
  }

  async oldest(limit: number): Promise<QueuedBeat[]> {
    return (await settled(this.read().getAll(null, limit))) as QueuedBeat[];
  }

  async remove(ids: readonly number[]): Promise<void> {
    await this.write((beats) => Promise.all(ids.map((id) => settled(beats.delete(id)))));
  }

  async trim(max: number): Promise<number> {
    const excess = (await settled(this.read().count())) - max;
    if (excess <= 0) return 0;
    const keys = (await settled(this.read().getAllKeys(null, excess))) as number[];
    await this.remove(keys);
    return keys.length;
  }

  private read(): IDBObjectStore {
    return this.database.transaction(BEATS, 'readonly').objectStore(BEATS);
  }

  private async write<T>(change: (beats: IDBObjectStore) => Promise<T>): Promise<T> {
    const transaction = this.database.transaction(BEATS, 'readwrite');
    const [result] = await Promise.all([change(transaction.objectStore(BEATS)), committed(transaction)]);
    return result;
  }
}

/** Rejects where there is no IndexedDB (some private modes, frames without an origin), and may never settle. */
export const openDisk = async (name: string): Promise<BeatStore> => {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(BEATS, { keyPath: 'id', autoIncrement: true });
  };
  return new DiskStore(await settled(request));
};
