/** S3: in one piece, or in parts of which each has its own signed address. Our server knows which have arrived. */
import { ApiProblem, asProblem } from '../api/problem';
import type { PartAddress, PartsView, UploadStatus } from '../api/types';
import { SendProblem, isPassing, type Destination, type OnBytes } from './destination';
import { cut, missing, type Piece } from './pieces';
import type { Put } from './put';

type Arrived = Pick<PartsView, 'size' | 'partSize' | 'assembled'> & { parts: { number: number; size: number }[] };
type Address = Pick<PartAddress, 'number' | 'url' | 'headers'>;

/** What of the server's surface, and of its answers, such an upload needs. */
export interface PartsApi {
  uploadParts(uploadId: string): Promise<Arrived>;
  signParts(uploadId: string, numbers: readonly number[]): Promise<{ parts: Address[] }>;
  completeUpload(uploadId: string): Promise<UploadStatus>;
}

/** Addresses asked for in one call: few enough to be used before they expire. */
const AT_ONCE = 16;

export class InParts implements Destination {
  readonly parallel = 3;
  private addresses = new Map<number, Promise<Address>>();
  private waiting: Piece[] = [];
  private finishing = false;

  constructor(
    private readonly api: PartsApi,
    private readonly uploadId: string,
    private readonly file: Blob,
    private readonly put: Put,
  ) {}

  async missing(): Promise<Piece[]> {
    this.addresses = new Map();
    if (this.finishing) return [];
    const view = await asked(() => this.api.uploadParts(this.uploadId));
    if (view.size !== this.file.size) throw new SendProblem('gone', 'This is not the file that was being uploaded.');
    this.waiting = view.assembled ? [] : missing(cut(view.size, view.partSize), view.parts);
    return this.waiting;
  }

  async send(piece: Piece, onBytes: OnBytes, signal: AbortSignal): Promise<void> {
    const address = await this.addressOf(piece.number);
    const reply = await this.put(address.url, this.file.slice(piece.start, piece.end), address.headers, onBytes, signal);
    if (reply.status >= 200 && reply.status < 300) return;
    this.addresses.delete(piece.number); // expired, perhaps
    if (reply.status === 404) throw new SendProblem('behind', 'The storage no longer knows this upload.');
    const passing = isPassing(reply.status) || reply.status === 403;
    throw new SendProblem(passing ? 'passing' : 'refused', told(reply.status), reply.retryAfterMs);
  }

  /** Asked as often as it takes: who has heard no answer gets the same one. */
  async finish(): Promise<UploadStatus> {
    this.finishing = true;
    try {
      return await asked(() => this.api.completeUpload(this.uploadId));
    } catch (error) {
      this.finishing = error instanceof SendProblem && error.setback === 'passing';
      throw error;
    }
  }

  private addressOf(number: number): Promise<Address> {
    const known = this.addresses.get(number);
    if (known !== undefined) return known;
    const numbers = this.waiting.map((piece) => piece.number).filter((n) => n >= number && !this.addresses.has(n));
    const wanted = numbers.slice(0, AT_ONCE);
    const signed = asked(() => this.api.signParts(this.uploadId, wanted));
    for (const one of wanted) {
      const address = signed.then(({ parts }) => {
        const found = parts.find((part) => part.number === one);
        if (found === undefined) throw new SendProblem('behind', 'The server gave no address for a part.');
        return found;
      });
      address.catch(() => this.addresses.delete(one));
      this.addresses.set(one, address);
    }
    const mine = this.addresses.get(number);
    if (mine === undefined) throw new SendProblem('behind', 'A part that is not missing was to be sent.');
    return mine;
  }
}

export class InOnePiece implements Destination {
  readonly parallel = 1;
  private sent = false;

  constructor(
    private readonly api: PartsApi,
    private readonly target: { uploadId: string; uploadUrl: string; headers: Readonly<Record<string, string>> },
    private readonly file: Blob,
    private readonly put: Put,
  ) {}

  async missing(): Promise<Piece[]> {
    return this.sent ? [] : cut(this.file.size, this.file.size);
  }

  async send(_piece: Piece, onBytes: OnBytes, signal: AbortSignal): Promise<void> {
    const { uploadUrl, headers } = this.target;
    const { status, retryAfterMs } = await this.put(uploadUrl, this.file, headers, onBytes, signal);
    // 412: it is there already, and only the answer was lost.
    if ((status < 200 || status >= 300) && status !== 412) {
      const setback = isPassing(status) ? 'passing' : status === 403 ? 'gone' : 'refused';
      throw new SendProblem(setback, told(status), retryAfterMs);
    }
    this.sent = true;
  }

  finish(): Promise<UploadStatus> {
    return asked(() => this.api.completeUpload(this.target.uploadId));
  }
}

const told = (status: number): string =>
  status === 0 ? 'The storage can’t be reached.' : `The storage answered ${status}.`;

const asked = async <T>(ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof SendProblem) throw error;
    throw problemOf(asProblem(error));
  }
};

const problemOf = (problem: ApiProblem): SendProblem => {
  if (isPassing(problem.status)) return new SendProblem('passing', problem.message, problem.retryAfterMs);
  if (problem.slug === 'parts-missing' || problem.slug === 'not-uploaded-yet') {
    return new SendProblem('behind', problem.message);
  }
  const ended = problem.status === 404 || problem.status === 409;
  return new SendProblem(ended ? 'gone' : 'refused', problem.message);
};
