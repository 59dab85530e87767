/** Replacing a player's source puts it back to 0 and pauses it; this carries the playing over. */
import type { MediaLike } from '../watch/reporter';

export interface PlayerElement extends MediaLike {
  currentTime: number;
  playbackRate: number;
  readonly duration: number;
  readonly buffered: TimeRanges;
  readonly textTracks?: TextTrackList;
  play(): Promise<void>;
}

export interface Playing {
  position: number;
  rate: number;
  paused: boolean;
  /** The captions that are shown, if any. */
  captions: { language: string; label: string } | null;
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
  captions: shownCaptions(media),
});

const shownCaptions = (media: PlayerElement): Playing['captions'] => {
  const shown = [...(media.textTracks ?? [])].find((track) => track.mode === 'showing' && track.kind !== 'metadata');
  return shown === undefined ? null : { language: shown.language, label: shown.label };
};

/** Once the new source can play. Answers how to call it off. */
export const restorePlaying = (media: PlayerElement, playing: Playing): (() => void) => {
  const restore = () => {
    if (Math.abs(media.currentTime - playing.position) > END_TOLERANCE_S) media.currentTime = playing.position;
    media.playbackRate = playing.rate;
    if (playing.captions !== null) showCaptions(media, playing.captions);
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
