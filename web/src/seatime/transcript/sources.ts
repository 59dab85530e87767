/**
 * Where a transcript comes from. A stream's captions are read whole from its playlist: players fetch them piece by
 * piece, and only while they are shown. Anything else has them in the media element's text tracks.
 */
import { parseVtt, plain, type Cue } from './cues';
import { segmentsOf, subtitlesOf } from './playlists';

export interface CaptionTrack {
  id: string;
  name: string;
  /** BCP 47, or '' where nothing says. */
  language: string;
  load: (signal: AbortSignal) => Promise<Cue[]>;
}

const TIMEOUT_MS = 15_000;
const AT_ONCE = 6;

const textAt = async (url: string, signal: AbortSignal): Promise<string> => {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  if (!response.ok) throw new Error(`The captions could not be read (${response.status}).`);
  return response.text();
};

export const streamTracks = async (url: string, signal: AbortSignal): Promise<CaptionTrack[]> =>
  subtitlesOf(await textAt(url, signal), url).map((track, index) => ({
    id: `${index} ${track.language} ${track.name}`,
    name: track.name,
    language: track.language,
    load: (loading) => streamCues(track.url, loading),
  }));

const streamCues = async (url: string, signal: AbortSignal): Promise<Cue[]> => {
  const segments = segmentsOf(await textAt(url, signal), url);
  const cues: Cue[] = [];
  for (let at = 0; at < segments.length; at += AT_ONCE) {
    const texts = await Promise.all(segments.slice(at, at + AT_ONCE).map((segment) => textAt(segment, signal)));
    cues.push(...texts.flatMap(parseVtt));
  }
  return cues;
};

const SPOKEN = ['subtitles', 'captions'];

/** The element's tracks; one is read by being enabled unseen, so that a player's own choice is not touched. */
export const elementTracks = (tracks: TextTrackList): CaptionTrack[] =>
  [...tracks]
    .filter((track) => SPOKEN.includes(track.kind))
    .map((track, index) => ({
      id: `${index} ${track.language} ${track.label}`,
      name: track.label || track.language,
      language: track.language,
      load: (signal) => elementCues(track, signal),
    }));

const LOOK_MS = 200;

/** An element says nowhere of a track that all of it was read, so the cues are awaited. */
const elementCues = async (track: TextTrack, signal: AbortSignal): Promise<Cue[]> => {
  if (track.mode === 'disabled') track.mode = 'hidden';
  const deadline = performance.now() + TIMEOUT_MS;
  while (!signal.aborted && performance.now() < deadline && (track.cues?.length ?? 0) === 0) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return [...(track.cues ?? [])].flatMap((cue) =>
    'text' in cue ? [{ start: cue.startTime, end: cue.endTime, text: plain((cue as VTTCue).text) }] : [],
  );
};
