/** Replacing a player's source puts it back to 0 and pauses it; this carries the playing over. */
import type { MediaLike } from '../watch/media';

export interface PlayerElement extends MediaLike {
  currentTime: number;
  playbackRate: number;
  readonly duration: number;
  readonly buffered: TimeRanges;
  readonly textTracks?: TextTrackList;
  volume: number;
  muted: boolean;
  /** Of a stream, where it is played by script: the qualities that there are, and which one is chosen (-1: none). */
  readonly videoRenditions?: Renditions;
  play(): Promise<void>;
}

type Renditions = ArrayLike<{ readonly height?: number; readonly bitrate?: number }> & { selectedIndex: number };

export interface Playing {
  position: number;
  rate: number;
  paused: boolean;
  volume: number;
  muted: boolean;
  /** The captions that are shown, if any. */
  captions: { language: string; label: string } | null;
  /** The quality that was chosen, if any: pixels, and bits per second. */
  quality: { height: number | undefined; bitrate: number | undefined } | null;
}

const END_TOLERANCE_S = 0.5;

/** Nothing more will be fetched, so an expired URL does no harm. */
export const isBufferedToEnd = (media: PlayerElement): boolean => {
  for (let i = 0; i < media.buffered.length; i += 1) {
    const holds = media.buffered.start(i) <= media.currentTime && media.currentTime <= media.buffered.end(i);
    if (holds && media.buffered.end(i) >= media.duration - END_TOLERANCE_S) return true;
  }
  return false;
};

export const rememberPlaying = (media: PlayerElement): Playing => ({
  position: media.currentTime,
  rate: media.playbackRate,
  paused: media.paused,
  volume: media.volume,
  muted: media.muted,
  captions: shownCaptions(media),
  quality: chosenQuality(media),
});

const chosenQuality = ({ videoRenditions: all }: PlayerElement): Playing['quality'] => {
  const chosen = all?.[all.selectedIndex];
  return chosen === undefined ? null : { height: chosen.height, bitrate: chosen.bitrate };
};

const chooseQuality = ({ videoRenditions: all }: PlayerElement, { height, bitrate }: NonNullable<Playing['quality']>): void => {
  if (all === undefined) return;
  const like = Array.from(all).findIndex((one) => one.height === height && one.bitrate === bitrate);
  if (like >= 0) all.selectedIndex = like;
};

const shownCaptions = (media: PlayerElement): Playing['captions'] => {
  const shown = [...(media.textTracks ?? [])].find((track) => track.mode === 'showing' && track.kind !== 'metadata');
  return shown === undefined ? null : { language: shown.language, label: shown.label };
};

/** Once the new source can play. Answers how to call it off. */
export const restorePlaying = (media: PlayerElement, playing: Playing): (() => void) => {
  // At once: nobody is to hear it before.
  media.volume = playing.volume;
  media.muted = playing.muted;
  const restore = () => {
    if (Math.abs(media.currentTime - playing.position) > END_TOLERANCE_S) media.currentTime = playing.position;
    media.playbackRate = playing.rate;
    if (playing.captions !== null) showCaptions(media, playing.captions);
    if (playing.quality !== null) chooseQuality(media, playing.quality);
    // Autoplay may be refused; then the learner presses play.
    if (!playing.paused) media.play().catch(() => undefined);
  };
  media.addEventListener('canplay', restore, { once: true });
  return () => media.removeEventListener('canplay', restore);
};

const showCaptions = (media: PlayerElement, wanted: NonNullable<Playing['captions']>): void => {
  for (const track of media.textTracks ?? []) {
    if (track.language === wanted.language && track.label === wanted.label) track.mode = 'showing';
  }
};

/** The picture as it stands, over an element that is about to lose it; until it plays or stands again. */
export const freeze = (media: PlayerElement, canvas: HTMLCanvasElement | null): void => {
  if (canvas === null || !(media instanceof HTMLVideoElement) || media.readyState < HAVE_CURRENT_DATA) return;
  canvas.width = media.videoWidth;
  canvas.height = media.videoHeight;
  canvas.getContext('2d')?.drawImage(media, 0, 0);
  canvas.hidden = false;
  const thaw = () => {
    canvas.hidden = true;
    for (const type of BACK) media.removeEventListener(type, thaw);
  };
  for (const type of BACK) media.addEventListener(type, thaw);
};

const HAVE_CURRENT_DATA = 2;
const BACK = ['canplay', 'error'];
