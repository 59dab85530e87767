/**
 * What is remembered of an upload that is on its way, so that it goes on after a reload: one per place, which is a
 * lesson for its video, and for other files the lesson that they belong to, if they do.
 */
import type { VideoProvider } from '../api/types';

export interface Remembered {
  provider: VideoProvider;
  /** Of a video; of another file its own id. */
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

/** Where files go that are no lesson's video. */
export const placeOfFiles = (lessonId: string | undefined): string => `file ${lessonId ?? ''}`;

const keyOf = (place: string): string => `seatime.upload.${place}`;

export const rememberedOf = (
  file: File,
  sent: Pick<Remembered, 'provider' | 'uploadId' | 'uploadUrl'>,
  now = Date.now(),
): Remembered => ({ ...sent, name: file.name, size: file.size, lastModified: file.lastModified, sent: 0, at: now });

export const isSame = (known: Remembered, file: File): boolean =>
  known.name === file.name && known.size === file.size && known.lastModified === file.lastModified;

export const remember = (place: string, upload: Remembered): void => {
  try {
    localStorage.setItem(keyOf(place), JSON.stringify(upload));
  } catch {
    // A browser that keeps nothing: the upload goes on until the page is left.
  }
};

export const recall = (place: string, now = Date.now()): Remembered | null => {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(keyOf(place)) ?? 'null');
    if (isRemembered(known) && now - known.at < KEPT_MS) return known;
  } catch {
    return null;
  }
  forget(place);
  return null;
};

/** So many bytes of that upload have arrived: it is not silent, and can be gone on with for another day. */
export const noteSent = (place: string, uploadId: string, sent: number, now = Date.now()): void => {
  const known = recall(place, now);
  if (known?.uploadId === uploadId) remember(place, { ...known, sent, at: known.provider === 's3' ? now : known.at });
};

export const forget = (place: string): void => {
  try {
    localStorage.removeItem(keyOf(place));
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
