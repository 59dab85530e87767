/** Which source a player's element has, and how a newer grant reaches it: unseen where that can be, else by a swap. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { freeze, isBufferedToEnd, rememberPlaying, restorePlaying, type PlayerElement, type Playing } from './handover';
import { Renewal } from './renewal';
import { streamUrl, type PlayerSource } from './source';

export interface Shown {
  source: PlayerSource;
  startAt: number;
  /** What to carry over from the source before, if there was one. */
  playing: Playing | null;
  /** Counts reloads of an unchanged source, which only a new element makes. */
  generation: number;
  renewal: Renewal | null;
}

const MAX_FAILURES = 3;

const renewalOf = (source: PlayerSource, refresh: () => void): Renewal | null => {
  const url = streamUrl(source);
  return url === undefined ? null : new Renewal(url, refresh);
};

const goesOn = ({ renewal }: Shown, source: PlayerSource): boolean => {
  const url = streamUrl(source);
  return url !== undefined && renewal !== null && renewal.accept(url);
};

export interface SourceState {
  shown: Shown;
  /** `recovering`: the element failed, and a newer grant is asked for. */
  state: 'playing' | 'recovering' | 'given-up';
  fail: () => void;
  /** It plays: what went wrong before is over. */
  works: () => void;
  /** Holds the picture while a file is swapped. */
  still: RefObject<HTMLCanvasElement | null>;
}

export const useSource = (
  media: PlayerElement | null,
  source: PlayerSource,
  startAt: number,
  refresh: () => void,
): SourceState => {
  const [shown, setShown] = useState<Shown>(() => ({
    source,
    startAt,
    playing: null,
    generation: 0,
    renewal: renewalOf(source, refresh),
  }));
  const [state, setState] = useState<SourceState['state']>('playing');
  const still = useRef<HTMLCanvasElement>(null);
  const offered = useRef(source);
  const failures = useRef(0);
  const mustSwap = useRef(false);

  useEffect(() => {
    if (media === null || source === offered.current) return;
    offered.current = source;
    if (!mustSwap.current && goesOn(shown, source)) return;
    const same = JSON.stringify(source) === JSON.stringify(shown.source);
    if (!mustSwap.current && (same || isBufferedToEnd(media))) return;
    mustSwap.current = false;
    freeze(media, still.current);
    const playing = rememberPlaying(media);
    const position = playing.position || shown.startAt; // it may have failed before it began
    setShown({
      source,
      startAt: position,
      playing: { ...playing, position },
      generation: shown.generation + (same || source.kind !== 'file' ? 1 : 0),
      renewal: renewalOf(source, refresh),
    });
  }, [media, source, shown, refresh]);

  useLayoutEffect(
    () => (media !== null && shown.playing !== null ? restorePlaying(media, shown.playing) : undefined),
    [media, shown],
  );

  useEffect(() => {
    if (media === null || state !== 'recovering') return undefined;
    const back = () => setState('playing');
    media.addEventListener('canplay', back, { once: true });
    return () => media.removeEventListener('canplay', back);
  }, [media, state]);

  const fail = useCallback(() => {
    failures.current += 1;
    mustSwap.current = true;
    setState(failures.current > MAX_FAILURES ? 'given-up' : 'recovering');
    if (failures.current <= MAX_FAILURES) refresh();
  }, [refresh]);
  const works = useCallback(() => {
    failures.current = 0;
  }, []);

  return { shown, state, fail, works, still };
};
