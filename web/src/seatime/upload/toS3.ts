/** S3: in one piece, or in parts of which each has its own signed address. Our server knows which have arrived. */
import { SendProblem, isPassing, type Destination, type OnBytes } from './destination';
import { bytesOf, cut, missing, type Piece } from './pieces';
import type { Put } from './put';
import type { Address, Stored } from './stored';

/** Addresses asked for in one call: few enough to be used before they expire. */
const AT_ONCE = 16;

export class InParts<T> implements Destination<T> {
  readonly parallel = 3;
  private addresses = new Map<number, Promise<Address>>();
  private waiting: Piece[] = [];
  private finishing = false;
  private arrived = 0;

  constructor(
    private readonly stored: Stored<T>,
    private readonly file: Blob,
    private readonly put: Put,
    /** So many bytes are there: whole parts only. */
    private readonly onArrived: OnBytes = () => undefined,
  ) {}

  async missing(): Promise<Piece[]> {
    this.addresses = new Map();
    if (this.finishing) return [];
    const view = await this.stored.arrived();
    if (view.size !== this.file.size) throw new SendProblem('gone', 'This is not the file that was being uploaded.');
    this.waiting = view.assembled ? [] : missing(cut(view.size, view.partSize), view.parts);
    this.arrived = view.size - bytesOf(this.waiting);
    this.onArrived(this.arrived);
    return this.waiting;
  }

  async send(piece: Piece, onBytes: OnBytes, signal: AbortSignal): Promise<void> {
    const address = await this.addressOf(piece.number);
    const reply = await this.put(address.url, this.file.slice(piece.start, piece.end), address.headers, onBytes, signal);
    if (reply.status >= 200 && reply.status < 300) {
      this.arrived += piece.end - piece.start;
      this.onArrived(this.arrived);
      return;
    }
    this.addresses.delete(piece.number); // expired, perhaps
    if (reply.status === 404) throw new SendProblem('behind', 'The storage no longer knows this upload.');
    const passing = isPassing(reply.status) || reply.status === 403;
    throw new SendProblem(passing ? 'passing' : 'refused', told(reply.status), reply.retryAfterMs);
  }

  async finish(): Promise<T> {
    this.finishing = true;
    try {
      return await this.stored.complete();
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
    const signed = this.stored.sign(wanted);
    for (const one of wanted) {
      const address = signed.then((addresses) => {
        const found = addresses.find((part) => part.number === one);
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

export interface OneAddress {
  uploadUrl: string;
  headers: Readonly<Record<string, string>>;
}

export class InOnePiece<T> implements Destination<T> {
  readonly parallel = 1;
  private sent = false;

  constructor(
    private readonly stored: Stored<T>,
    private readonly target: OneAddress,
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
      if (status === 403) throw new SendProblem('gone', 'Its address works no longer. Choose the file again.');
      throw new SendProblem(isPassing(status) ? 'passing' : 'refused', told(status), retryAfterMs);
    }
    this.sent = true;
  }

  async finish(): Promise<T> {
    try {
      return await this.stored.complete();
    } catch (error) {
      this.sent = error instanceof SendProblem && error.setback === 'passing';
      throw error;
    }
  }
}

const told = (status: number): string =>
  status === 0 ? 'The storage can’t be reached.' : `The storage answered ${status}.`;
