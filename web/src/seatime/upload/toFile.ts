/** A file that is no video: to S3 in one piece, and then looked at. */
import { asProblem } from '../api/problem';
import type { FileStatus } from '../api/types';
import { SendProblem, isPassing, type Destination, type OnBytes } from './destination';
import { cut, type Piece } from './pieces';
import type { Put } from './put';

/** What of the server's surface it needs. */
export interface FilesApi {
  completeFile(fileId: string): Promise<FileStatus>;
}

export interface FileTarget {
  fileId: string;
  uploadUrl: string;
  headers: Readonly<Record<string, string>>;
}

export class ToFile implements Destination {
  readonly parallel = 1;
  /** What became of it; null before that is known. */
  result: FileStatus | null = null;
  private sent = false;

  constructor(
    private readonly api: FilesApi,
    private readonly target: FileTarget,
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
      const told = status === 0 ? 'The storage can’t be reached.' : `The storage answered ${status}.`;
      throw new SendProblem(setback, told, retryAfterMs);
    }
    this.sent = true;
  }

  /** Asked as often as it takes; a file that is not what it was said to be is refused for good. */
  async finish(): Promise<null> {
    let file: FileStatus;
    try {
      file = await this.api.completeFile(this.target.fileId);
    } catch (error) {
      const problem = asProblem(error);
      if (isPassing(problem.status)) throw new SendProblem('passing', problem.message, problem.retryAfterMs);
      if (problem.slug === 'not-uploaded-yet') {
        this.sent = false;
        throw new SendProblem('behind', problem.message);
      }
      throw new SendProblem(problem.status === 404 ? 'gone' : 'refused', problem.message);
    }
    if (file.state === 'refused') throw new SendProblem('refused', file.reason ?? 'The file was refused.');
    this.result = file;
    return null;
  }
}
