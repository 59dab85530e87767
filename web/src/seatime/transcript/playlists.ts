/** The captions that an HLS playlist names. Pure. */

export interface HlsSubtitles {
  name: string;
  language: string;
  url: string;
}

/** The subtitles of a multivariant playlist, in its order. */
export const subtitlesOf = (playlist: string, url: string): HlsSubtitles[] =>
  playlist.split(/\r?\n/).flatMap((line) => {
    if (!line.startsWith('#EXT-X-MEDIA:')) return [];
    const attributes = attributesOf(line.slice('#EXT-X-MEDIA:'.length));
    const uri = attributes.get('URI');
    if (attributes.get('TYPE') !== 'SUBTITLES' || uri === undefined) return [];
    const language = attributes.get('LANGUAGE') ?? '';
    return [{ name: attributes.get('NAME') ?? language, language, url: new URL(uri, url).href }];
  });

/** The segments of a media playlist, in order. */
export const segmentsOf = (playlist: string, url: string): string[] =>
  playlist
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => new URL(line, url).href);

const attributesOf = (list: string): Map<string, string> =>
  new Map([...list.matchAll(/([A-Z0-9-]+)=("[^"]*"|[^",]*)/g)].map(([, name, value]) => [name ?? '', unquoted(value ?? '')]));

const unquoted = (value: string): string => value.replace(/^"|"$/g, '');
