/** What is remembered of an upload that is on its way, so that it goes on after a reload: one per lesson. */
import type { VideoProvider } from '../api/types';

export interface Remembered {
  provider: VideoProvider;
  uploadId: string;
  /** Mux's address; S3's are asked for anew. */
  uploadUrl: string | null;
  name: string;
  /** Bytes. */
  size: number;
  /** Milliseconds, as the file says. */
  lastModified: number;
  /** Bytes that were acknowledged. */
  sent: number;
  /** Milliseconds: when it began. */
  at: number;
}

/** Mux's addresses live for a day; what S3 holds is cleared away after a day of silence. */
const KEPT_MS = 24 * 3_600_000;
const keyOf = (lessonId: string): string => `seatime.upload.${lessonId}`;

export const isSame = (known: Remembered, file: File): boolean =>
  known.name === file.name && known.size === file.size && known.lastModified === file.lastModified;

export const remember = (lessonId: string, upload: Remembered): void => {
  try {
    localStorage.setItem(keyOf(lessonId), JSON.stringify(upload));
  } catch {
    // A browser that keeps nothing: the upload goes on until the page is left.
  }
};

export const recall = (lessonId: string, now = Date.now()): Remembered | null => {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(keyOf(lessonId)) ?? 'null');
    if (isRemembered(known) && now - known.at < KEPT_MS) return known;
  } catch {
    return null;
  }
  forget(lessonId);
  return null;
};

export const noteSent = (lessonId: string, uploadId: string, sent: number): void => {
  const known = recall(lessonId);
  if (known?.uploadId === uploadId) remember(lessonId, { ...known, sent });
};

export const forget = (lessonId: string): void => {
  try {
    localStorage.removeItem(keyOf(lessonId));
  } catch {
    // Nothing was kept.
  }
};

const isRemembered = (value: unknown): value is Remembered => {
  if (typeof value !== 'object' || value === null) return false;
  const { provider, uploadId, uploadUrl, name, size, lastModified, sent, at } = value as Record<string, unknown>;
  return (
    (provider === 's3' || (provider === 'mux' && typeof uploadUrl === 'string')) &&
    [uploadId, name].every((text) => typeof text === 'string') &&
    [size, lastModified, sent, at].every((number) => typeof number === 'number')
  );
};
