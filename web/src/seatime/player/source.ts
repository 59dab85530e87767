/** From a playback grant to what a player element is given. Pure. */
import type { PlaybackGrant } from '../api/types';

export type PlayerSource =
  | {
      kind: 'mux';
      playbackId: string;
      tokens: { playback?: string; thumbnail?: string; storyboard?: string };
    }
  /** A Mux playback URL on a host that is not Mux's own. */
  | { kind: 'hls'; src: string; poster: string | undefined; storyboard: string | undefined }
  | { kind: 'file'; src: string; poster: string | undefined };

const MUX_STREAM_HOST = 'stream.mux.com';

const hostOf = (url: string): string => {
  try {
    return new URL(url).host;
  } catch {
    return '';
  }
};

/** Null when the grant names nothing that can be played. */
export const sourceOf = (grant: PlaybackGrant): PlayerSource | null => {
  const url = grant.signedUrl ?? grant.videoUrl ?? undefined;
  const poster = grant.poster ?? undefined;
  const playbackId = grant.playbackId ?? undefined;
  if (grant.provider !== 'mux') return url === undefined ? null : { kind: 'file', src: url, poster };
  if (playbackId !== undefined && (url === undefined || hostOf(url) === MUX_STREAM_HOST)) {
    return { kind: 'mux', playbackId, tokens: grant.tokens ?? {} };
  }
  return url === undefined ? null : { kind: 'hls', src: url, poster, storyboard: grant.storyboard ?? undefined };
};

/** Resuming in the last moments would only show the end again. */
export const resumeAt = (resume: number | null | undefined, duration: number | null | undefined): number => {
  if (resume === null || resume === undefined || !Number.isFinite(resume) || resume <= 0) return 0;
  if (duration !== null && duration !== undefined && resume > duration - 2) return 0;
  return resume;
};
