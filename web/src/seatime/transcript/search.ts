/** Finding words in a transcript as people look for them: without regard to case, accents and kinds of space. Pure. */
import type { Cue } from './cues';

export interface Hit {
  /** Which sentence, and where in its text. */
  sentence: number;
  from: number;
  to: number;
}

interface Folded {
  text: string;
  /** Where in the original each character of `text` begins and ends. */
  from: number[];
  to: number[];
}

/** ß is ss, é is e, and a no-break space is one like any other. */
const fold = (text: string): Folded => {
  const folded: Folded = { text: '', from: [], to: [] };
  let at = 0;
  for (const character of text) {
    const end = at + character.length;
    const plain = character.toUpperCase().toLowerCase().normalize('NFD').replace(/\p{M}+/gu, '').replace(/\s/gu, ' ');
    // An accent that stands by itself belongs to the letter before.
    if (plain === '' && folded.to.length > 0) folded.to[folded.to.length - 1] = end;
    folded.text += plain;
    for (let i = 0; i < plain.length; i += 1) {
      folded.from.push(at);
      folded.to.push(end);
    }
    at = end;
  }
  return folded;
};

/** All places, in order, without overlaps. An empty query is found nowhere. */
export const search = (sentences: readonly Cue[], query: string): Hit[] => {
  const wanted = fold(query.trim().replace(/\s+/g, ' ')).text;
  if (wanted === '') return [];
  return sentences.flatMap(({ text }, sentence) => placesIn(text, wanted).map(([from, to]) => ({ sentence, from, to })));
};

const placesIn = (text: string, wanted: string): [number, number][] => {
  const folded = fold(text);
  const places: [number, number][] = [];
  let reached = 0;
  for (let at = folded.text.indexOf(wanted); at !== -1; at = folded.text.indexOf(wanted, at + 1)) {
    const from = folded.from[at] ?? 0;
    if (from < reached) continue;
    reached = folded.to[at + wanted.length - 1] ?? text.length;
    places.push([from, reached]);
  }
  return places;
};

export interface Piece {
  text: string;
  /** The hit that this piece is, among all; null for what stands between. */
  hit: number | null;
}

/** A sentence's text cut at its hits; the pieces make up the text. `first` is the number of the first of `hits`. */
export const piecesOf = (text: string, hits: readonly Hit[], first: number): Piece[] => {
  const pieces: Piece[] = [];
  let at = 0;
  hits.forEach(({ from, to }, index) => {
    if (from > at) pieces.push({ text: text.slice(at, from), hit: null });
    pieces.push({ text: text.slice(from, to), hit: first + index });
    at = to;
  });
  return at < text.length ? [...pieces, { text: text.slice(at), hit: null }] : pieces;
};
