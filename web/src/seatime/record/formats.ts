/** What a recording is written as: the first that this browser can write, by how well it plays elsewhere. Pure. */

/** H.264 in MP4 is what Mux takes as it is and what every browser plays, should it have to play from S3. */
const BY_PREFERENCE = [
  'video/mp4;codecs=avc1.42E01E,mp4a.40.2',
  'video/webm;codecs=vp9,opus',
  'video/webm;codecs=vp8,opus',
  'video/webm',
  'video/mp4',
];

/** Undefined where the browser can write none of them. */
export const recordingType = (isSupported: (type: string) => boolean): string | undefined =>
  BY_PREFERENCE.find(isSupported);

const pad = (value: number): string => String(value).padStart(2, '0');

/** `recording-2026-11-21-0907.webm`, in the author's own time. */
export const recordingName = (type: string, at: Date): string => {
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  const ending = type.startsWith('video/mp4') ? 'mp4' : 'webm';
  return `recording-${day}-${pad(at.getHours())}${pad(at.getMinutes())}.${ending}`;
};

/** The codecs were for the recorder; a server is told the container. */
export const recordingFile = (recording: Blob, at: Date): File => {
  const type = recording.type.split(';')[0] || 'video/webm';
  return new File([recording], recordingName(type, at), { type, lastModified: at.getTime() });
};

/** `640 kB`, `12.3 MB`. */
export const size = (bytes: number): string => {
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${value < 10 && unit !== 'kB' ? value.toFixed(1) : Math.round(value)}\u00a0${unit}`;
};
