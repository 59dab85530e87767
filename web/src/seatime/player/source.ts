/** From a playback grant to what a player element is given. Pure. */
import type { CaptionFile, PlaybackGrant } from '../api/types';

export type PlayerSource =
  | {
      kind: 'mux';
      playbackId: string;
      tokens: { playback?: string; thumbnail?: string; storyboard?: string; drm?: string };
    }
  /** A stream on a host that is not Mux's own. */
  | { kind: 'hls'; src: string; poster: string | undefined; storyboard: string | undefined }
  | { kind: 'file'; src: string; poster: string | undefined; captions: readonly CaptionFile[] };

const MUX_STREAM_HOST = 'stream.mux.com';

const hostOf = (url: string): string => {
  try {
    return new URL(url).host;
  } catch {
    return '';
  }
};

const tokensOf = ({ tokens }: PlaybackGrant): Extract<PlayerSource, { kind: 'mux' }>['tokens'] => {
  const { drm, ...rest } = tokens ?? {};
  return drm === undefined || drm === null ? rest : { ...rest, drm };
};

/** By its name: few browsers play one without a script. */
const isPlaylist = (url: string): boolean => /\.m3u8$/i.test(url.split(/[?#]/)[0] ?? '');

/** Null when the grant names nothing that can be played. */
export const sourceOf = (grant: PlaybackGrant): PlayerSource | null => {
  const url = grant.signedUrl ?? grant.videoUrl ?? undefined;
  const poster = grant.poster ?? undefined;
  const playbackId = grant.playbackId ?? undefined;
  if (grant.provider !== 'mux' && url !== undefined && !isPlaylist(url)) {
    return { kind: 'file', src: url, poster, captions: grant.captions ?? [] };
  }
  if (grant.provider === 'mux' && playbackId !== undefined && (url === undefined || hostOf(url) === MUX_STREAM_HOST)) {
    return { kind: 'mux', playbackId, tokens: tokensOf(grant) };
  }
  return url === undefined ? null : { kind: 'hls', src: url, poster, storyboard: grant.storyboard ?? undefined };
};

/** Where a stream's first playlist is; undefined where it is no stream. */
export const streamUrl = (source: PlayerSource): string | undefined => {
  if (source.kind === 'file') return undefined;
  if (source.kind === 'hls') return source.src;
  const token = source.tokens.playback;
  const query = token === undefined ? '' : `?token=${encodeURIComponent(token)}`;
  return `https://${MUX_STREAM_HOST}/${source.playbackId}.m3u8${query}`;
};

/** Resuming in the last moments would only show the end again. */
export const resumeAt = (resume: number | null | undefined, duration: number | null | undefined): number => {
  if (resume === null || resume === undefined || !Number.isFinite(resume) || resume <= 0) return 0;
  if (duration !== null && duration !== undefined && resume > duration - 2) return 0;
  return resume;
};
