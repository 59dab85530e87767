/**
 * Mux's direct upload, where Mux's own uploader can't go on: after a reload, or after it has given up.
 * The address speaks the resumable protocol of its chunks; asked without a body it says how far it is.
 */
import { SendProblem, isPassing, type Destination, type OnBytes } from './destination';
import { persisted, rest, type Piece } from './pieces';
import type { Put, PutReply } from './put';

export const CHUNK_BYTES = 8 << 20;

export class ToMux implements Destination<never> {
  readonly parallel = 1;

  constructor(
    private readonly url: string,
    private readonly file: File,
    private readonly put: Put,
    /** Bytes that were acknowledged before, for where CORS hides what the answer says. */
    private acknowledged: number,
    private readonly onAcknowledged: (bytes: number) => void = () => undefined,
  ) {}

  async missing(signal: AbortSignal): Promise<Piece[]> {
    const { size } = this.file;
    const reply = await this.put(this.url, null, { 'Content-Range': `bytes */${size}` }, () => undefined, signal);
    this.refuse(reply);
    const there = reply.status === 308 ? (persisted(reply.range) ?? this.acknowledged) : size;
    this.acknowledge(there);
    return rest(there, size, CHUNK_BYTES);
  }

  async send(piece: Piece, onBytes: OnBytes, signal: AbortSignal): Promise<void> {
    const { size, type } = this.file;
    const headers = {
      'Content-Range': `bytes ${piece.start}-${piece.end - 1}/${size}`,
      'Content-Type': type || 'application/octet-stream',
    };
    const reply = await this.put(this.url, this.file.slice(piece.start, piece.end), headers, onBytes, signal);
    this.refuse(reply);
    const there = reply.status === 308 ? (persisted(reply.range) ?? piece.end) : piece.end;
    this.acknowledge(there);
    if (there < piece.end) throw new SendProblem('behind', 'A part of what was sent did not arrive.');
  }

  async finish(): Promise<null> {
    return null;
  }

  private acknowledge(bytes: number): void {
    this.acknowledged = bytes;
    this.onAcknowledged(bytes);
  }

  /** After a failure nobody knows how much arrived: `missing` has to be asked again. */
  private refuse({ status, retryAfterMs }: PutReply): void {
    if ((status >= 200 && status < 300) || status === 308) return;
    if (isPassing(status)) throw new SendProblem('passing', 'The video service can’t be reached.', retryAfterMs);
    throw new SendProblem('gone', `The video service no longer takes this upload (${status}).`);
  }
}
