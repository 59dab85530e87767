/** Captions as timed text: reading WebVTT, and what people would call sentences. Seconds throughout. Pure. */

export interface Cue {
  start: number;
  end: number;
  text: string;
}

const TIMING = /^((?:\d+:)?\d{1,2}:\d{2}[.,]\d{3})\s+-->\s+((?:\d+:)?\d{1,2}:\d{2}[.,]\d{3})/;
const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  lrm: '\u200e',
  rlm: '\u200f',
};

/** What is not understood is left out: a transcript with a gap is better than none. */
export const parseVtt = (vtt: string): Cue[] => {
  const cues: Cue[] = [];
  for (const block of vtt.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n').split(/\n{2,}/)) {
    const lines = block.split('\n');
    const at = lines.findIndex((line) => TIMING.test(line));
    const timing = TIMING.exec(lines[at] ?? '');
    if (timing === null) continue;
    const cue = { start: secondsOf(timing[1] ?? ''), end: secondsOf(timing[2] ?? ''), text: plain(lines.slice(at + 1).join(' ')) };
    if (cue.text !== '' && cue.end > cue.start) cues.push(cue);
  }
  return cues;
};

const secondsOf = (stamp: string): number =>
  stamp
    .replace(',', '.')
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0);

/** `hh:mm:ss.mmm` */
const stamp = (seconds: number): string => {
  const ms = Math.round(seconds * 1000);
  const parts = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60];
  return `${parts.map((part) => String(part).padStart(2, '0')).join(':')}.${String(ms % 1000).padStart(3, '0')}`;
};

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** A WebVTT file of the cues. */
export const vttOf = (cues: readonly Cue[]): string =>
  `${['WEBVTT', ...ordered(cues).map(blockOf)].join('\n\n')}\n`;

const blockOf = ({ start, end, text }: Cue): string => `${stamp(start)} --> ${stamp(end)}\n${escaped(text)}`;

/** Without voices, styles and inner times. */
export const plain = (text: string): string =>
  text
    .replace(/<[^>]*>/g, '')
    .replace(/&(#x?[0-9a-f]+|[a-z]+);/gi, (whole, name: string) => ENTITIES[name.toLowerCase()] ?? numbered(name) ?? whole)
    .replace(/\s+/g, ' ')
    .trim();

const numbered = (name: string): string | undefined => {
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : name.startsWith('#') ? Number(name.slice(1)) : NaN;
  return Number.isInteger(code) && code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
};

/** In order, and once each: segments of a playlist repeat the cues that reach into both. */
export const ordered = (cues: readonly Cue[]): Cue[] => {
  const sorted = [...cues].sort((a, b) => a.start - b.start || a.end - b.end);
  const seen = new Set<string>();
  return sorted.filter(({ start, end, text }) => {
    const key = `${start} ${end} ${text}`;
    return !seen.has(key) && seen.add(key);
  });
};

/** A pause as long as this begins a new sentence, whatever the punctuation. */
const PAUSE_S = 2;
/** Speech without full stops is cut where it gets long. */
const LONG = 220;
const ENDS = /[.!?…。！？]["'”’»)\]]*$/;

/** Cues joined until a sentence ends. A cue is never divided: nothing says when its second half is spoken. */
export const sentencesOf = (cues: readonly Cue[]): Cue[] => {
  const sentences: Cue[] = [];
  let open: Cue | null = null;
  for (const cue of ordered(cues)) {
    const fits: boolean = open !== null && cue.start - open.end < PAUSE_S && open.text.length + cue.text.length < LONG;
    if (open !== null && fits && !ENDS.test(open.text)) {
      open = { start: open.start, end: Math.max(open.end, cue.end), text: `${open.text} ${cue.text}` };
    } else {
      if (open !== null) sentences.push(open);
      open = cue;
    }
  }
  return open === null ? sentences : [...sentences, open];
};

/** Which one is spoken at `position`: the last that has begun, until the next does. −1 before the first. */
export const currentAt = (sentences: readonly Cue[], position: number): number => {
  let low = 0;
  let high = sentences.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sentences[middle]?.start ?? Infinity) <= position + EPSILON_S) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

/** Elements round the time they are sent to. */
const EPSILON_S = 0.05;
