/**
 * Caption files of a video that has none in its stream, as addresses that never expire: each is fetched once, whatever
 * grants come after, and a video from elsewhere needs no CORS for their sake.
 */
import { useEffect, useState } from 'react';
import type { CaptionFile } from '../api/types';

export interface LoadedCaptions {
  languageCode: string;
  name: string;
  src: string;
}

const TIMEOUT_MS = 15_000;

/** The same under every grant: a signature is not part of it. */
const identityOf = ({ languageCode, name, url }: CaptionFile): string =>
  JSON.stringify([languageCode, name, url.split('?')[0]]);

const load = async ({ languageCode, name, url }: CaptionFile, signal: AbortSignal): Promise<LoadedCaptions> => {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  if (!response.ok) throw new Error(`The captions could not be read (${response.status}).`);
  const vtt = new Blob([await response.text()], { type: 'text/vtt' });
  return { languageCode, name, src: URL.createObjectURL(vtt) };
};

export const useCaptionFiles = (files: readonly CaptionFile[]): readonly LoadedCaptions[] => {
  const [loaded, setLoaded] = useState<readonly LoadedCaptions[]>([]);
  const identity = files.map(identityOf).join(' ');

  useEffect(() => {
    const end = new AbortController();
    let made: LoadedCaptions[] = [];
    void Promise.allSettled(files.map((file) => load(file, end.signal))).then((results) => {
      // One that can't be read must not cost the others.
      made = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      if (end.signal.aborted) made.forEach(({ src }) => URL.revokeObjectURL(src));
      else setLoaded(made);
    });
    return () => {
      end.abort();
      setLoaded([]);
      made.forEach(({ src }) => URL.revokeObjectURL(src));
    };
    // The addresses change with every grant, what they are of does not.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [identity]);

  return loaded;
};
