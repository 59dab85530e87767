import type { PlayerElement } from './handover';
import type { PlayerSource } from './source';

/** What stands beside a player is given of it: the element that plays, and what it plays. */
export interface PlayerHandle {
  readonly media: PlayerElement & { readonly textTracks?: TextTrackList };
  readonly source: PlayerSource;
}

/** Like any other jump: what lies between was not watched. */
export const seekTo = ({ media }: PlayerHandle, seconds: number): void => {
  media.currentTime = seconds;
};
