/** Replacing a player's source puts it back to 0 and pauses it; this carries the playing over. */
import type { MediaLike } from '../watch/reporter';

export interface PlayerElement extends MediaLike {
  currentTime: number;
  playbackRate: number;
  readonly duration: number;
  readonly buffered: TimeRanges;
  play(): Promise<void>;
}

export interface Playing {
  position: number;
  rate: number;
  paused: boolean;
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
});

/** Once the new source can play. Answers how to call it off. */
export const restorePlaying = (media: PlayerElement, playing: Playing): (() => void) => {
  const restore = () => {
    if (Math.abs(media.currentTime - playing.position) > END_TOLERANCE_S) media.currentTime = playing.position;
    media.playbackRate = playing.rate;
    // Autoplay may be refused; then the learner presses play.
    if (!playing.paused) media.play().catch(() => undefined);
  };
  media.addEventListener('canplay', restore, { once: true });
  return () => media.removeEventListener('canplay', restore);
};
