/** What is said in a video, to read along, to search, and to go to: a click on a sentence seeks, and earns nothing. */
import { memo, useCallback, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import controls from '../controls.module.css';
import { clock } from '../format';
import { seekTo, type PlayerHandle } from '../player/handle';
import { currentAt, type Cue } from './cues';
import { piecesOf, search, type Hit } from './search';
import { useTranscript } from './useTranscript';
import styles from './transcript.module.css';

export interface TranscriptProps {
  /** From the player's `onPlayer`; null until there is one. */
  player: PlayerHandle | null;
}

export const Transcript = ({ player }: TranscriptProps) => {
  const heading = useId();
  const { tracks, chosen, choose, transcript, retry } = useTranscript(player);
  if (isAbsent(transcript.phase, tracks.length)) return null;
  return (
    <section className={styles.transcript} aria-labelledby={heading} data-phase={transcript.phase}>
      <div className={styles.head}>
        <h2 id={heading}>Transcript</h2>
        {tracks.length > 1 && (
          <select
            className={`${controls.input} ${styles.language}`}
            aria-label="Language of the transcript"
            value={chosen?.id ?? ''}
            onChange={(event) => choose(event.target.value)}
          >
            {tracks.map((track) => (
              <option key={track.id} value={track.id}>
                {track.name}
              </option>
            ))}
          </select>
        )}
      </div>
      {transcript.phase === 'ready' && player !== null ? (
        <Reading key={chosen?.id} player={player} sentences={transcript.sentences} language={transcript.language} />
      ) : (
        <p className={styles.empty} role="status">
          {transcript.phase === 'loading' && 'Reading the captions…'}
          {transcript.phase === 'none' && 'There is nothing in these captions.'}
          {transcript.phase === 'failed' && 'The captions could not be read.'}
          {transcript.phase === 'failed' && (
            <button type="button" className={`${controls.button} ${controls.small}`} onClick={retry}>
              Try again
            </button>
          )}
        </p>
      )}
    </section>
  );
};

/** A video without captions has no transcript, and nobody needs to be told; nor that it may have some. */
const isAbsent = (phase: 'loading' | 'none' | 'failed' | 'ready', tracks: number): boolean =>
  (phase === 'loading' && tracks === 0) || (phase === 'none' && tracks <= 1);

interface ReadingProps {
  player: PlayerHandle;
  sentences: Cue[];
  language: string;
}

const Reading = ({ player, sentences, language }: ReadingProps) => {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLOListElement>(null);
  const hits = useMemo(() => search(sentences, query), [sentences, query]);
  const bySentence = useMemo(() => grouped(hits), [hits]);
  const hit = hits.length === 0 ? -1 : ((at % hits.length) + hits.length) % hits.length;
  const current = useCurrent(player, sentences);
  const searching = query.trim() !== '';

  const shown = searching ? hits[hit]?.sentence : current;
  useEffect(() => {
    if (shown === undefined || list.current === null) return;
    const reads = !searching && (list.current.matches(':hover') || list.current.contains(document.activeElement));
    if (!reads) bringIntoView(list.current, shown);
  }, [shown, searching, hit]);

  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && query !== '') setQuery('');
    else if (event.key === 'Enter') setAt(hit + (event.shiftKey ? -1 : 1));
    else return;
    event.preventDefault();
  };
  const seek = useCallback((seconds: number) => seekTo(player, seconds), [player]);

  return (
    <>
      <div className={styles.search} role="search">
        <input
          type="search"
          className={controls.input}
          aria-label="Search in the transcript"
          placeholder="Search in the transcript"
          value={query}
          onKeyDown={onKey}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
        />
        {searching && (
          <>
            <span className={styles.count} role="status" data-testid="hits">
              {hits.length === 0 ? 'Not found' : `${hit + 1} of ${hits.length}`}
            </span>
            <Step label="Previous hit" sign="↑" disabled={hits.length < 2} onClick={() => setAt(hit - 1)} />
            <Step label="Next hit" sign="↓" disabled={hits.length < 2} onClick={() => setAt(hit + 1)} />
          </>
        )}
      </div>
      <ol ref={list} className={styles.sentences} lang={language || undefined} tabIndex={-1}>
        {sentences.map((sentence, index) => {
          const group = bySentence.get(index);
          const holds = group !== undefined && hit >= group.first && hit < group.first + group.hits.length;
          return (
            <Sentence
              key={index}
              sentence={sentence}
              group={group}
              hit={holds ? hit : -1}
              current={index === current}
              onSeek={seek}
            />
          );
        })}
      </ol>
    </>
  );
};

interface Group {
  first: number;
  hits: Hit[];
}

const grouped = (hits: readonly Hit[]): Map<number, Group> => {
  const groups = new Map<number, Group>();
  hits.forEach((hit, index) => {
    const group = groups.get(hit.sentence);
    if (group === undefined) groups.set(hit.sentence, { first: index, hits: [hit] });
    else group.hits.push(hit);
  });
  return groups;
};

interface SentenceProps {
  sentence: Cue;
  group: Group | undefined;
  /** The hit that the search stands at, if it is in this sentence; else −1. */
  hit: number;
  current: boolean;
  onSeek: (seconds: number) => void;
}

const Sentence = memo(({ sentence, group, hit, current, onSeek }: SentenceProps) => (
  <li className={styles.item}>
    <button
      type="button"
      className={styles.sentence}
      aria-current={current ? 'true' : undefined}
      onClick={() => onSeek(sentence.start)}
    >
      <span className={styles.time}>{clock(Math.floor(sentence.start))}</span>
      <span>
        {group === undefined
          ? sentence.text
          : piecesOf(sentence.text, group.hits, group.first).map((piece, index) =>
              piece.hit === null ? piece.text : <mark key={index} data-current={piece.hit === hit}>{piece.text}</mark>,
            )}
      </span>
    </button>
  </li>
));
Sentence.displayName = 'Sentence';

const Step = ({ label, sign, ...button }: { label: string; sign: string; disabled: boolean; onClick: () => void }) => (
  <button type="button" className={`${controls.button} ${controls.small}`} aria-label={label} title={label} {...button}>
    <span aria-hidden="true">{sign}</span>
  </button>
);

/** Which sentence is spoken; rendered anew only when that changes. */
const useCurrent = ({ media }: PlayerHandle, sentences: readonly Cue[]): number => {
  const [current, setCurrent] = useState(-1);
  useEffect(() => {
    const follow = () => setCurrent(currentAt(sentences, media.currentTime));
    follow();
    const events = ['timeupdate', 'seeking', 'seeked', 'loadedmetadata'];
    for (const type of events) media.addEventListener(type, follow);
    return () => {
      for (const type of events) media.removeEventListener(type, follow);
    };
  }, [media, sentences]);
  return current;
};

/** Scrolls the list alone; the page stays where the reader has it. */
const bringIntoView = (list: HTMLElement, index: number) => {
  const item = list.children[index];
  if (!(item instanceof HTMLElement)) return;
  const { top, bottom } = item.getBoundingClientRect();
  const frame = list.getBoundingClientRect();
  if (top >= frame.top + MARGIN_PX && bottom <= frame.bottom - MARGIN_PX) return;
  list.scrollTop += top - frame.top - (frame.height - (bottom - top)) / 3;
};

const MARGIN_PX = 24;
