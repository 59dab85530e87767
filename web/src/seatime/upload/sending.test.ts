import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FileStatus, UploadStatus } from '../api/types';
import { ApiProblem } from '../api/problem';
import { bytesOf, cut, missing, persisted, rest } from './pieces';
import type { Put } from './put';
import { Sending, type Phase } from './sending';
import { storedFile, storedVideo, type VideosApi } from './stored';
import type { Surroundings } from './surroundings';
import { InOnePiece, InParts } from './toS3';
import { CHUNK_BYTES, ToMux } from './toMux';

const bytes = (size: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: size }, (_, i) => (i * 31) % 251);
const fileOf = (size: number): File => new File([bytes(size)], 'film.mp4', { type: 'video/mp4' });
const READY: UploadStatus = {
  id: 'u',
  lessonId: 'l',
  provider: 's3',
  status: 'ready',
  error: null,
  muxUploadId: null,
  muxAssetId: null,
  createdAt: '2026-11-20T12:00:00Z',
  updatedAt: '2026-11-20T12:00:00Z',
};
const quick: Surroundings = { online: () => true, pause: () => Promise.resolve() };

const read = (blob: Blob): Promise<Uint8Array> =>
  new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(new Uint8Array(reader.result as ArrayBuffer));
    reader.readAsArrayBuffer(blob);
  });

const ended = (sending: Sending<unknown>, ...phases: Phase[]): Promise<void> =>
  vi.waitFor(() => expect(phases).toContain(sending.state.phase), { timeout: 5_000, interval: 1 });

/** S3 behind our server, as the network shows both: `faults` are statuses that the next PUTs answer instead. */
class Storage implements VideosApi {
  readonly parts = new Map<number, Uint8Array>();
  puts: number[] = [];
  signed: number[][] = [];
  atOnce = 0;
  most = 0;
  object: Uint8Array | null = null;

  constructor(
    readonly size: number,
    readonly partSize: number,
    readonly faults: number[] = [],
  ) {}

  readonly put: Put = async (url, body, _headers, onBytes, signal) => {
    const number = Number(url.split('/').at(-1));
    this.atOnce += 1;
    this.most = Math.max(this.most, this.atOnce);
    const whole = await read(body ?? new Blob());
    this.atOnce -= 1;
    signal.throwIfAborted();
    this.puts.push(number);
    const fault = this.faults.shift();
    if (fault !== undefined && fault !== 200) return { status: fault, range: null };
    onBytes(whole.length);
    this.parts.set(number, whole);
    return { status: 200, range: null };
  };

  uploadParts = async () => ({
    size: this.size,
    partSize: this.partSize,
    assembled: this.object !== null,
    parts: [...this.parts].map(([number, part]) => ({ number, size: part.length })),
  });

  signParts = async (_id: string, numbers: readonly number[]) => {
    this.signed.push([...numbers]);
    return { parts: numbers.map((number) => ({ number, url: `https://s3/${number}`, headers: {} })) };
  };

  completeUpload = async (): Promise<UploadStatus> => {
    const wanted = cut(this.size, this.partSize).length;
    if (this.parts.size < wanted) throw new ApiProblem(409, 'parts-missing', 'not yet');
    const parts = [...this.parts].sort(([a], [b]) => a - b).flatMap(([, part]) => [...part]);
    this.object = Uint8Array.from(parts);
    return READY;
  };
}

const inParts = (storage: Storage, surroundings = quick, onArrived?: (bytes: number) => void): Sending<UploadStatus> =>
  new Sending(storage.size, new InParts(storedVideo(storage, 'u'), fileOf(storage.size), storage.put, onArrived), surroundings);

describe('pieces', () => {
  it('cover a file once and without a gap, whatever has arrived', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 60 }), fc.array(fc.nat(60)), (size, part, there) => {
        const all = cut(size, part);
        const left = missing(all, there.map((number) => ({ number })));
        expect(bytesOf(all)).toBe(size);
        expect(all.every((piece, i) => piece.start === (all[i - 1]?.end ?? 0) && piece.number === i + 1)).toBe(true);
        expect(left).toEqual(all.filter((piece) => !there.includes(piece.number)));
        expect(bytesOf(rest(Math.min(there.length, size), size, part))).toBe(size - Math.min(there.length, size));
      }),
    );
  });

  it('read what a 308 says', () => {
    expect(persisted('bytes=0-8388607')).toBe(8_388_608);
    expect([persisted(null), persisted('bytes=5-9'), persisted('nonsense')]).toEqual([null, null, null]);
  });
});

describe('sending in parts', () => {
  it('brings every byte there, whatever fails on the way', async () => {
    const faults = fc.array(fc.constantFrom(200, 0, 500, 503, 429, 403, 404), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 3, max: 20 }), faults, async (size, part, wrong) => {
        const storage = new Storage(size, part, wrong);
        const sending = inParts(storage);
        sending.resume();
        await ended(sending, 'done');
        expect(storage.object).toEqual(bytes(size));
        expect(sending.state).toMatchObject({ sent: size, problem: null, outcome: READY });
      }),
      { numRuns: 40 },
    );
  });

  it('sends only what is missing, and says from where it went on', async () => {
    const storage = new Storage(50, 10);
    for (const number of [1, 2, 4]) storage.parts.set(number, bytes(50).slice((number - 1) * 10, number * 10));
    const noted: number[] = [];
    const sending = inParts(storage, quick, (arrived) => noted.push(arrived));
    sending.resume();
    await ended(sending, 'done');
    expect([...storage.puts].sort()).toEqual([3, 5]);
    expect(noted).toEqual([30, 40, 50]);
    expect(sending.state.resumedAt).toBe(30);
    expect(storage.object).toEqual(bytes(50));
  });

  it('keeps to three at once and asks for addresses in batches', async () => {
    const storage = new Storage(400, 10);
    const sending = inParts(storage);
    sending.resume();
    await ended(sending, 'done');
    expect(storage.most).toBe(3);
    expect(storage.signed.map((batch) => batch.length)).toEqual([16, 16, 8]);
  });

  it('pauses at once and goes on without sending anything twice that had arrived', async () => {
    const storage = new Storage(200, 10);
    const sending = inParts(storage);
    const unsubscribe = sending.subscribe(() => {
      if (storage.puts.length === 6 && sending.state.phase === 'sending') sending.pause();
    });
    sending.resume();
    await ended(sending, 'paused');
    unsubscribe();
    const before = [...storage.parts.keys()];
    sending.resume();
    await ended(sending, 'done');
    const after = storage.puts.slice(6);
    expect(after.filter((number) => before.includes(number))).toEqual([]);
    expect(storage.object).toEqual(bytes(200));
  });

  it('waits while there is no connection, and goes on by itself when it is back', async () => {
    const storage = new Storage(60, 10, [200, 200, ...Array<number>(9).fill(0)]);
    let online = true;
    let back = (): void => undefined;
    const sending = inParts(storage, {
      online: () => online,
      pause: () => new Promise((resolve) => (back = resolve)),
    });
    const unsubscribe = sending.subscribe(() => {
      online = storage.puts.length < 2;
    });
    sending.resume();
    await ended(sending, 'offline');
    unsubscribe();
    const sent = storage.parts.size;
    storage.faults.length = 0;
    online = true;
    back();
    await ended(sending, 'done');
    expect(sent).toBeGreaterThan(0);
    expect(storage.puts.filter((number, i) => storage.puts.indexOf(number) !== i && number <= 2)).toEqual([]);
    expect(storage.object).toEqual(bytes(60));
  });

  it('ends where the server refuses or has forgotten it', async () => {
    const storage = new Storage(20, 10);
    storage.uploadParts = () => Promise.reject(new ApiProblem(409, 'conflict', 'this upload is no longer open'));
    const sending = inParts(storage);
    sending.resume();
    await ended(sending, 'gone');
    expect(sending.state.problem).toBe('this upload is no longer open');
    expect(storage.puts).toEqual([]);
    const other = inParts(new Storage(20, 10, [400]));
    other.resume();
    await ended(other, 'failed');
  });

  it('asks for the outcome again when the answer was lost', async () => {
    const storage = new Storage(20, 10);
    const complete = storage.completeUpload;
    let lost = 0;
    storage.completeUpload = async () => {
      const answer = await complete();
      storage.uploadParts = () => Promise.reject(new ApiProblem(409, 'conflict', 'no longer open'));
      lost += 1;
      if (lost === 1) throw new ApiProblem(0, '', 'lost');
      return answer;
    };
    const sending = inParts(storage);
    sending.resume();
    await ended(sending, 'done');
    expect(lost).toBe(2);
  });
});

describe('sending in one piece', () => {
  const inOnePiece = (storage: Storage) => {
    const target = { uploadUrl: 'https://s3/1', headers: { 'If-None-Match': '*' } };
    return new Sending(9, new InOnePiece(storedVideo(storage, 'u'), target, fileOf(9), storage.put), quick);
  };

  it('sends it once more after a failure, and takes "already there" for an answer', async () => {
    const storage = new Storage(9, 9, [0, 412]);
    storage.completeUpload = async () => READY;
    const sending = inOnePiece(storage);
    sending.resume();
    await ended(sending, 'done');
    expect(storage.puts).toEqual([1, 1]);
    expect(sending.state.outcome).toEqual(READY);
  });

  it('sends it again where the server has not seen it', async () => {
    const storage = new Storage(9, 9, [412]);
    let looked = 0;
    storage.completeUpload = async () => {
      looked += 1;
      if (looked === 1) throw new ApiProblem(409, 'not-uploaded-yet', 'nothing is there');
      return READY;
    };
    const sending = inOnePiece(storage);
    sending.resume();
    await ended(sending, 'done');
    expect(storage.puts).toEqual([1, 1]);
  });

  it('ends where its address has expired, and says what helps', async () => {
    const sending = inOnePiece(new Storage(9, 9, [403]));
    sending.resume();
    await ended(sending, 'gone');
    expect(sending.state.problem).toContain('Choose the file again');
  });
});

describe('a file that is no video', () => {
  const stored = (storage: Storage, file: Partial<FileStatus>) =>
    storedFile(
      {
        fileParts: storage.uploadParts,
        signFileParts: storage.signParts,
        completeFile: async () => {
          await storage.completeUpload();
          return file as FileStatus;
        },
      },
      'f',
    );
  const sendingTo = (storage: Storage, file: Partial<FileStatus>) =>
    new Sending(storage.size, new InParts(stored(storage, file), fileOf(storage.size), storage.put), quick);

  it('goes on where it stopped, too', async () => {
    const storage = new Storage(50, 10);
    storage.parts.set(2, bytes(50).slice(10, 20));
    const sending = sendingTo(storage, { state: 'ready' });
    sending.resume();
    await ended(sending, 'done');
    expect([...storage.puts].sort()).toEqual([1, 3, 4, 5]);
    expect(sending.state.outcome).toEqual({ state: 'ready' });
  });

  it('is refused for good where it is not what it was said to be', async () => {
    const storage = new Storage(20, 10);
    const sending = sendingTo(storage, { state: 'refused', reason: 'declared as image/png, but it is a program' });
    sending.resume();
    await ended(sending, 'failed');
    expect(sending.state.problem).toBe('Declared as image/png, but it is a program.');
    expect(storage.puts).toHaveLength(2);
  });
});

describe('going on at Mux', () => {
  const SIZE = CHUNK_BYTES * 2 + 5;
  const film = new File([new Uint8Array(SIZE)], 'film.mp4');
  let there: number;
  let ranges: string[];

  /** A resumable address: 308 with what is there, 200 when all is. `hidden`: CORS shows no Range. */
  const mux = (options: { hidden?: boolean; keep?: (end: number) => number; status?: number } = {}): Put => {
    return async (_url, _body, headers, onBytes) => {
      const range = headers['Content-Range'] ?? '';
      ranges.push(range);
      if (options.status !== undefined) return { status: options.status, range: null };
      const match = /^bytes (\d+)-(\d+)\//.exec(range);
      if (match !== null && Number(match[1]) <= there) {
        const end = Number(match[2]) + 1;
        there = Math.max(there, options.keep?.(end) ?? end);
        onBytes(end - Number(match[1]));
      }
      if (there === SIZE) return { status: 200, range: null };
      return { status: 308, range: options.hidden || there === 0 ? null : `bytes=0-${there - 1}` };
    };
  };

  beforeEach(() => {
    there = CHUNK_BYTES + 100;
    ranges = [];
  });

  it('asks how far it is and sends the rest', async () => {
    const noted: number[] = [];
    const sending = new Sending(SIZE, new ToMux('https://mux', film, mux(), 0, (n) => noted.push(n)), quick);
    sending.resume();
    await ended(sending, 'done');
    expect(ranges).toEqual([
      `bytes */${SIZE}`,
      `bytes ${CHUNK_BYTES + 100}-${CHUNK_BYTES * 2 + 99 > SIZE - 1 ? SIZE - 1 : CHUNK_BYTES * 2 + 99}/${SIZE}`,
    ]);
    expect(sending.state.resumedAt).toBe(CHUNK_BYTES + 100);
    expect(noted.at(-1)).toBe(SIZE);
  });

  it('goes on from what was acknowledged where the answer is hidden', async () => {
    const sending = new Sending(SIZE, new ToMux('https://mux', film, mux({ hidden: true }), CHUNK_BYTES), quick);
    sending.resume();
    await ended(sending, 'done');
    expect(ranges[1]).toBe(`bytes ${CHUNK_BYTES}-${CHUNK_BYTES * 2 - 1}/${SIZE}`);
    expect(there).toBe(SIZE);
  });

  it('asks again where less has arrived than was sent', async () => {
    let first = true;
    const keep = (end: number): number => {
      const kept = first ? end - 7 : end;
      first = false;
      return kept;
    };
    const sending = new Sending(SIZE, new ToMux('https://mux', film, mux({ keep }), 0), quick);
    sending.resume();
    await ended(sending, 'done');
    expect(there).toBe(SIZE);
    expect(ranges.filter((range) => range.includes('*'))).toHaveLength(2);
  });

  it('ends where the address no longer works', async () => {
    const sending = new Sending(SIZE, new ToMux('https://mux', film, mux({ status: 403 }), 0), quick);
    sending.resume();
    await ended(sending, 'gone');
    expect(sending.state.problem).toContain('403');
  });
});
