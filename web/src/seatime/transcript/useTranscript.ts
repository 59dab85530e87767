import { useCallback, useEffect, useMemo, useState } from 'react';
import type { PlayerHandle } from '../player/handle';
import { streamUrl } from '../player/source';
import { sentencesOf, type Cue } from './cues';
import { elementTracks, streamTracks, type CaptionTrack } from './sources';

export type Transcript =
  | { phase: 'loading' | 'none' | 'failed' }
  | { phase: 'ready'; sentences: Cue[]; language: string };

interface Tracks {
  /** Of which player; another's are not shown. */
  of: unknown;
  list: CaptionTrack[] | null;
  failed: boolean;
}

const NO_TRACKS: CaptionTrack[] = [];

/** The tracks of whatever is played, as they come and go. */
const useTracks = (player: PlayerHandle | null, round: number) => {
  const media = player?.media ?? null;
  const url = player === null ? undefined : streamUrl(player.source);
  // A refreshed address is of the same captions: it is not read again for that.
  const stream = url?.split('?')[0];
  const key = useMemo(() => ({ media, stream, round }), [media, stream, round]);
  const [tracks, setTracks] = useState<Tracks>({ of: null, list: null, failed: false });

  useEffect(() => {
    if (media === null) return undefined;
    const end = new AbortController();
    if (url !== undefined) {
      streamTracks(url, end.signal).then(
        (list) => !end.signal.aborted && setTracks({ of: key, list, failed: false }),
        () => !end.signal.aborted && setTracks({ of: key, list: null, failed: true }),
      );
      return () => end.abort();
    }
    const tracksOfElement = media.textTracks;
    const read = () => setTracks({ of: key, list: tracksOfElement ? elementTracks(tracksOfElement) : [], failed: false });
    read();
    tracksOfElement?.addEventListener('addtrack', read);
    tracksOfElement?.addEventListener('removetrack', read);
    return () => {
      tracksOfElement?.removeEventListener('addtrack', read);
      tracksOfElement?.removeEventListener('removetrack', read);
    };
    // `url` changes with every refresh of the grant, `key` with what it stands for.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);

  return tracks.of === key ? tracks : null;
};

export const useTranscript = (player: PlayerHandle | null) => {
  const [round, setRound] = useState(0);
  const [wanted, setWanted] = useState<string>();
  const [read, setRead] = useState<{ of: CaptionTrack; sentences: Cue[] | null }>();
  const tracks = useTracks(player, round);
  const list = tracks?.list ?? NO_TRACKS;
  const chosen = list.find(({ id }) => id === wanted) ?? preferred(list);

  useEffect(() => {
    if (chosen === undefined) return undefined;
    const end = new AbortController();
    chosen.load(end.signal).then(
      (cues) => !end.signal.aborted && setRead({ of: chosen, sentences: sentencesOf(cues) }),
      () => !end.signal.aborted && setRead({ of: chosen, sentences: null }),
    );
    return () => end.abort();
  }, [chosen]);

  return {
    tracks: list,
    chosen,
    choose: setWanted,
    transcript: transcriptOf(tracks, chosen, read),
    retry: useCallback(() => setRound((n) => n + 1), []),
  };
};

/** The first in one of the reader's languages, else the first there is. */
const preferred = (tracks: readonly CaptionTrack[]): CaptionTrack | undefined => {
  const base = (language: string) => language.split('-')[0]?.toLowerCase();
  for (const language of navigator.languages) {
    const found = tracks.find((track) => base(track.language) === base(language));
    if (found !== undefined) return found;
  }
  return tracks[0];
};

const transcriptOf = (
  tracks: Tracks | null,
  chosen: CaptionTrack | undefined,
  read: { of: CaptionTrack; sentences: Cue[] | null } | undefined,
): Transcript => {
  if (tracks === null) return { phase: 'loading' };
  if (tracks.failed) return { phase: 'failed' };
  if (chosen === undefined) return { phase: 'none' };
  if (read === undefined || read.of !== chosen) return { phase: 'loading' };
  if (read.sentences === null) return { phase: 'failed' };
  return read.sentences.length === 0
    ? { phase: 'none' }
    : { phase: 'ready', sentences: read.sentences, language: chosen.language };
};
