import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PlayerHandle } from '../player/handle';
import { currentAt, ordered, parseVtt, sentencesOf, vttOf, type Cue } from './cues';
import { segmentsOf, subtitlesOf } from './playlists';
import { piecesOf, search } from './search';
import { Transcript } from './Transcript';

afterEach(cleanup);

const cue = (start: number, text: string, end = start + 1): Cue => ({ start, end, text });
const word = fc.stringMatching(/^[A-Za-zäéß]{1,8}[.!?,]?$/);
const words = fc.array(word, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(' '));
const cues = fc.array(
  fc.record({ start: fc.nat(3_600), length: fc.integer({ min: 1, max: 9 }), text: words }).map(({ start, length, text }) => ({
    start,
    end: start + length,
    text,
  })),
  { maxLength: 40 },
);

describe('WebVTT', () => {
  it('is read as cues: times with and without hours, settings, names, notes, markup, entities', () => {
    const vtt = [
      '\uFEFFWEBVTT - a title\r\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\r\n',
      'NOTE nobody says this\r\n',
      'STYLE\n::cue { color: red }\n',
      'first\n00:01.500 --> 00:03.000 align:start\n<v Ines>Two <b>half</b>\nhitches</v>\n',
      '01:00:00.000 --> 01:00:02.000\nR&amp;D &lt;now&gt; &#233;&#x1F600; &nope;\n',
      '00:09.000 --> 00:08.000\nbackwards\n',
      'no times at all\n',
    ].join('\n');
    expect(parseVtt(vtt)).toEqual([
      { start: 1.5, end: 3, text: 'Two half hitches' },
      { start: 3600, end: 3602, text: 'R&D <now> é😀 &nope;' },
    ]);
  });

  it('never makes a reader fall over, whatever it is', () => {
    fc.assert(fc.property(fc.string(), (text) => parseVtt(text).every(({ start, end }) => end > start)));
  });
});

describe('cues', () => {
  it('become a file that reads as the same cues', () => {
    const odd = fc.constantFrom('<i>R&D</i>', 'a --> b', 'é &amp; 1 < 2');
    fc.assert(
      fc.property(cues, odd, (given, text) => {
        const all = [...given, { start: 0.001, end: 3599.999, text }];
        expect(parseVtt(vttOf(all))).toEqual(ordered(all));
      }),
    );
  });
});

describe('sentences', () => {
  it('go on over cues until they end, a pause comes, or they get long', () => {
    const made = sentencesOf([
      cue(0, 'Take the rope'),
      cue(1, 'in your left hand.'),
      cue(2, 'Now turn'),
      cue(9, 'after a pause'),
      cue(10, 'x'.repeat(300)),
    ]);
    expect(made.map(({ start, text }) => [start, text.slice(0, 40)])).toEqual([
      [0, 'Take the rope in your left hand.'],
      [2, 'Now turn'],
      [9, 'after a pause'],
      [10, 'x'.repeat(40)],
    ]);
  });

  it('hold every word of the cues, in order, and begin where a cue begins', () => {
    fc.assert(
      fc.property(cues, (given) => {
        const spoken = ordered(given);
        const made = sentencesOf(given);
        expect(made.map(({ text }) => text).join(' ')).toBe(spoken.map(({ text }) => text).join(' '));
        const starts = spoken.map(({ start }) => start);
        made.forEach(({ start }) => expect(starts).toContain(start));
      }),
    );
  });

  it('come once, though two segments repeat their cues', () => {
    fc.assert(
      fc.property(cues, (given) => {
        expect(sentencesOf([...given, ...given])).toEqual(sentencesOf(given));
      }),
    );
  });

  it('are current from their beginning until the next begins', () => {
    fc.assert(
      fc.property(cues, fc.double({ min: -1, max: 4_000, noNaN: true }), (given, position) => {
        const made = sentencesOf(given);
        const index = currentAt(made, position);
        const begun = made.filter(({ start }) => start <= position + 0.05).length;
        expect(index).toBe(begun - 1);
      }),
    );
  });
});

describe('search', () => {
  it('is not particular about case, accents and spaces', () => {
    const found = search([cue(0, 'Un café,  deux CAFÉS')], 'cafe');
    expect(found.map(({ from, to }) => 'Un café,  deux CAFÉS'.slice(from, to))).toEqual(['café', 'CAFÉ']);
    expect(search([cue(0, 'a\u00a0b')], ' a  b ')).toHaveLength(1);
    expect(search([cue(0, 'anything')], '  ')).toEqual([]);
    expect(search([cue(0, 'aaaa')], 'aa')).toHaveLength(2);
  });

  it('finds every word that is there, where it is', () => {
    fc.assert(
      fc.property(cues, fc.nat(), (given, pick) => {
        const made = sentencesOf(given);
        if (made.length === 0) return;
        const chosen = made[pick % made.length]?.text.split(' ')[0] ?? '';
        const hits = search(made, chosen.toUpperCase());
        expect(hits.some(({ sentence }) => sentence === pick % made.length)).toBe(true);
        for (const { sentence, from, to } of hits) {
          const text = made[sentence]?.text.slice(from, to) ?? '';
          expect(search([cue(0, text)], chosen)).toEqual([{ sentence: 0, from: 0, to: text.length }]);
        }
      }),
    );
  });

  it('cuts a sentence into pieces that make it up again, whatever is looked for', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ maxLength: 3 }), (text, query) => {
        const hits = search([cue(0, text)], query);
        const pieces = piecesOf(text, hits, 0);
        expect(pieces.map((piece) => piece.text).join('')).toBe(text);
        expect(pieces.filter(({ hit }) => hit !== null)).toHaveLength(hits.length);
      }),
    );
  });
});

const MASTER = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="no",URI="a.m3u8"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="sub1",NAME="English, CC",LANGUAGE="en",AUTOSELECT=YES,URI="text-1.m3u8?e=1"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="sub1",NAME="Deutsch",LANGUAGE="de",URI="https://b.example/2.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1
v.m3u8
`;

describe('a playlist', () => {
  it('names its subtitles and their segments by whole addresses', () => {
    expect(subtitlesOf(MASTER, 'https://a.example/x/m.m3u8')).toEqual([
      { name: 'English, CC', language: 'en', url: 'https://a.example/x/text-1.m3u8?e=1' },
      { name: 'Deutsch', language: 'de', url: 'https://b.example/2.m3u8' },
    ]);
    expect(segmentsOf('#EXTM3U\r\n#EXTINF:5,\r\n0.vtt\r\n#EXTINF:5,\n1.vtt', 'https://a.example/t/p.m3u8')).toEqual([
      'https://a.example/t/0.vtt',
      'https://a.example/t/1.vtt',
    ]);
  });
});

/** A media element with only what the transcript uses. */
class Media extends EventTarget {
  private at = 0;
  readonly seeks: number[] = [];
  get currentTime() {
    return this.at;
  }
  set currentTime(seconds: number) {
    this.seeks.push(seconds);
    this.move(seconds);
  }
  move(seconds: number) {
    this.at = seconds;
    this.dispatchEvent(new Event('timeupdate'));
  }
}

const VTT = `WEBVTT

00:00.000 --> 00:02.000
Take the rope.

00:02.000 --> 00:04.000
Make a loop with the rope.

00:04.000 --> 00:06.000
Pull.
`;
const PAGES: Record<string, string> = {
  '/m.m3u8': MASTER,
  '/text-1.m3u8': '#EXTM3U\n#EXTINF:6,\n1.vtt',
  '/1.vtt': VTT,
  '/2.m3u8': '#EXTM3U\n#EXTINF:6,\n2.vtt',
  '/2.vtt': VTT.replace('Take the rope.', 'Nimm das Seil.'),
};
let pages: Record<string, string>;
let answered: string[];

beforeEach(() => {
  pages = { ...PAGES };
  answered = [];
  vi.stubGlobal('fetch', async (url: string) => {
    const { pathname } = new URL(url);
    answered.push(pathname);
    const page = pages[pathname];
    return page === undefined ? new Response('', { status: 404 }) : new Response(page);
  });
  return () => vi.unstubAllGlobals();
});

const show = async (expected = /Make a loop|could not/) => {
  const media = new Media();
  const source = { kind: 'hls', src: 'https://a.example/m.m3u8?token=t', poster: undefined, storyboard: undefined };
  render(<Transcript player={{ media, source } as unknown as PlayerHandle} />);
  await screen.findByText(expected);
  return media;
};
const spoken = () => document.querySelector('[aria-current="true"]')?.textContent;
const look = (query: string) => fireEvent.change(screen.getByRole('searchbox'), { target: { value: query } });
const press = (key: string, shiftKey = false) => fireEvent.keyDown(screen.getByRole('searchbox'), { key, shiftKey });

describe('the transcript', () => {
  it('follows what is spoken', async () => {
    const media = await show();
    await waitFor(() => expect(spoken()).toBe('0:00Take the rope.'));
    act(() => media.move(3));
    expect(spoken()).toBe('0:02Make a loop with the rope.');
    expect(media.seeks).toEqual([]);
  });

  it('goes to the sentence that is clicked', async () => {
    const media = await show();
    fireEvent.click(screen.getByRole('button', { name: /Pull/ }));
    expect(media.seeks).toEqual([4]);
    expect(spoken()).toBe('0:04Pull.');
  });

  it('marks and counts hits, and steps through them without seeking', async () => {
    const media = await show();
    look('ROPE');
    expect([...document.querySelectorAll('mark')].map(({ textContent }) => textContent)).toEqual(['rope', 'rope']);
    expect(screen.getByTestId('hits').textContent).toBe('1 of 2');
    press('Enter');
    expect(screen.getByTestId('hits').textContent).toBe('2 of 2');
    expect(document.querySelectorAll('mark')[1]?.dataset['current']).toBe('true');
    fireEvent.click(screen.getByRole('button', { name: 'Next hit' }));
    expect(screen.getByTestId('hits').textContent).toBe('1 of 2');
    press('Enter', true);
    expect(screen.getByTestId('hits').textContent).toBe('2 of 2');
    look('bowline');
    expect(screen.getByTestId('hits').textContent).toBe('Not found');
    press('Escape');
    expect(document.querySelectorAll('mark')).toHaveLength(0);
    expect(media.seeks).toEqual([]);
  });

  it('is there in each language', async () => {
    await show();
    fireEvent.change(screen.getByRole('combobox'), { target: { value: '1 de Deutsch' } });
    expect(await screen.findByText('Nimm das Seil.')).toBeTruthy();
    expect(document.querySelector('ol')?.lang).toBe('de');
  });

  it('is not shown where there are no captions', async () => {
    pages['/m.m3u8'] = '#EXTM3U';
    const source = { kind: 'hls', src: 'https://a.example/m.m3u8?token=t', poster: undefined, storyboard: undefined };
    const { container } = render(<Transcript player={{ media: new Media(), source } as unknown as PlayerHandle} />);
    await waitFor(() => expect(answered).toContain('/m.m3u8'));
    await act(() => new Promise((done) => setTimeout(done)));
    expect(container.textContent).toBe('');
  });

  it('says where nothing is in the captions of one language, so that another can be chosen', async () => {
    pages['/1.vtt'] = 'WEBVTT\n';
    await show(/nothing in these/);
    fireEvent.change(screen.getByRole('combobox'), { target: { value: '1 de Deutsch' } });
    expect(await screen.findByText('Nimm das Seil.')).toBeTruthy();
  });

  it('can be asked for again when it could not be read', async () => {
    delete pages['/1.vtt'];
    await show();
    pages = PAGES;
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Pull.')).toBeTruthy();
  });
});

/** A file's captions, as the browser's own player has them: read only once the track is enabled. */
class Tracks extends EventTarget {
  readonly list: { kind: string; label: string; language: string; mode: string; cues: unknown[] }[] = [];
  [Symbol.iterator] = () => this.list[Symbol.iterator]();
  add(kind: string, label: string, text: string) {
    const cues: unknown[] = [];
    let mode = 'disabled';
    this.list.push({
      kind,
      label,
      language: 'en',
      cues,
      get mode() {
        return mode;
      },
      set mode(next: string) {
        mode = next;
        setTimeout(() => cues.push({ startTime: 1, endTime: 2, text }));
      },
    });
    this.dispatchEvent(new Event('addtrack'));
  }
}

describe('the transcript of a file', () => {
  it('is what its text tracks say, unseen, and comes when they come', async () => {
    const textTracks = new Tracks();
    const media = Object.assign(new Media(), { textTracks });
    const { container } = render(
      <Transcript player={{ media, source: { kind: 'file', src: 'a.mp4', poster: undefined } } as unknown as PlayerHandle} />,
    );
    expect(container.textContent).toBe('');
    act(() => {
      textTracks.add('metadata', 'thumbnails', 'none of it');
      textTracks.add('captions', 'English', '<b>Pull</b> &amp; dress.');
    });
    expect(await screen.findByText('Pull & dress.')).toBeTruthy();
    expect(textTracks.list.map(({ mode }) => mode)).toEqual(['disabled', 'hidden']);
  });
});
