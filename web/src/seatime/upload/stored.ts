/** What our server knows of an object that is on its way to S3, be it a lesson's video or another file. */
import { asProblem, type ApiProblem } from '../api/problem';
import type { FileStatus, PartAddress, PartsView, UploadStatus } from '../api/types';
import { SendProblem, isPassing } from './destination';

export type Arrived = Pick<PartsView, 'size' | 'partSize' | 'assembled'> & { parts: { number: number; size: number }[] };
export type Address = Pick<PartAddress, 'number' | 'url' | 'headers'>;

/** Every call throws a SendProblem, which says what helps. `T` is what the server tells of what has arrived. */
export interface Stored<T> {
  /** Which parts are there, where it goes in parts. */
  arrived(): Promise<Arrived>;
  sign(numbers: readonly number[]): Promise<Address[]>;
  /** Everything was sent. Asked as often as it takes: who has heard no answer gets the same one. */
  complete(): Promise<T>;
}

export interface VideosApi {
  uploadParts(uploadId: string): Promise<Arrived>;
  signParts(uploadId: string, numbers: readonly number[]): Promise<{ parts: Address[] }>;
  completeUpload(uploadId: string): Promise<UploadStatus>;
}

export const storedVideo = (api: VideosApi, uploadId: string): Stored<UploadStatus> => ({
  arrived: () => asked(() => api.uploadParts(uploadId)),
  sign: async (numbers) => (await asked(() => api.signParts(uploadId, numbers))).parts,
  complete: () => asked(() => api.completeUpload(uploadId)),
});

export interface FilesApi {
  fileParts(fileId: string): Promise<Arrived>;
  signFileParts(fileId: string, numbers: readonly number[]): Promise<{ parts: Address[] }>;
  completeFile(fileId: string): Promise<FileStatus>;
}

/** A file that is not what it was said to be is refused for good. */
export const storedFile = (api: FilesApi, fileId: string): Stored<FileStatus> => ({
  arrived: () => asked(() => api.fileParts(fileId)),
  sign: async (numbers) => (await asked(() => api.signFileParts(fileId, numbers))).parts,
  complete: async () => {
    const file = await asked(() => api.completeFile(fileId));
    if (file.state === 'refused') throw new SendProblem('refused', sentence(file.reason ?? 'the file was refused'));
    return file;
  },
});

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const asked = async <T>(ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    throw problemOf(asProblem(error));
  }
};

const BEHIND = new Set(['parts-missing', 'not-uploaded-yet']);

const problemOf = (problem: ApiProblem): SendProblem => {
  if (isPassing(problem.status)) return new SendProblem('passing', problem.message, problem.retryAfterMs);
  if (BEHIND.has(problem.slug)) return new SendProblem('behind', problem.message);
  const ended = problem.status === 404 || problem.status === 409;
  return new SendProblem(ended ? 'gone' : 'refused', problem.message);
};
