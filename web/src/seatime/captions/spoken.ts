/** The text of captions that nobody has edited yet: it is with the video, and read there as its player would. */
import type { SeatimeApi } from '../api/client';
import type { Caption } from '../api/types';
import { sourceOf } from '../player/source';
import { vttOf } from '../transcript/cues';
import { streamUrl } from '../player/source';
import { streamTracks } from '../transcript/sources';

/** Throws where the video does not have them (any more). */
export const textWithVideo = async (
  api: SeatimeApi,
  lessonId: string,
  { languageCode, name }: Caption,
  signal: AbortSignal,
): Promise<string> => {
  const source = sourceOf(await api.playback(lessonId));
  const url = source === null ? undefined : streamUrl(source);
  const tracks = url === undefined ? [] : await streamTracks(url, signal);
  const own = tracks.filter((track) => track.language === languageCode);
  const track = own.find((candidate) => candidate.name === name) ?? own[0];
  if (track === undefined) throw new Error('The video does not have these captions yet.');
  return vttOf(await track.load(signal));
};
