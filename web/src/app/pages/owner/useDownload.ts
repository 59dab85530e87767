import { useCallback, useEffect, useRef, useState } from 'react';
import { asProblem } from '../../../seatime/api/problem';

type Body = ReadableStream<Uint8Array<ArrayBufferLike>>;

export interface Download {
  /** Undefined: nothing is on its way. */
  bytes: number | undefined;
  done: boolean;
  problem: string | undefined;
  start: (open: (signal: AbortSignal) => Promise<Body>, name: string) => void;
  cancel: () => void;
}

/**
 * A file that needs the bearer token, which no link can carry: read piece by piece, told as it grows, and handed to the
 * browser's downloads when it is whole. The browser keeps a large one on its disk.
 */
export const useDownload = (): Download => {
  const [state, setState] = useState<Pick<Download, 'bytes' | 'done' | 'problem'>>({ bytes: undefined, done: false, problem: undefined });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const start = useCallback<Download['start']>((open, name) => {
    running.current?.abort();
    const ending = new AbortController();
    running.current = ending;
    const tell = (next: typeof state) => running.current === ending && setState(next);
    tell({ bytes: 0, done: false, problem: undefined });
    open(ending.signal)
      .then((body) => wholeOf(body, (bytes) => tell({ bytes, done: false, problem: undefined })))
      .then((file) => {
        if (ending.signal.aborted) return;
        save(file, name);
        tell({ bytes: file.size, done: true, problem: undefined });
      })
      .catch((error: unknown) => {
        if (!ending.signal.aborted) tell({ bytes: undefined, done: false, problem: asProblem(error).message });
      });
  }, []);

  const cancel = useCallback(() => {
    running.current?.abort();
    running.current = undefined;
    setState({ bytes: undefined, done: false, problem: undefined });
  }, []);

  return { ...state, start, cancel };
};

/** What came, in pieces that are let go as they come. */
export const wholeOf = async (body: Body, told: (bytes: number) => void): Promise<Blob> => {
  let bytes = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      bytes += piece.byteLength;
      told(bytes);
      controller.enqueue(piece);
    },
  });
  return new Response(body.pipeThrough(counting) as ReadableStream<Uint8Array<ArrayBuffer>>).blob();
};

const save = (file: Blob, name: string): void => {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // Not at once: the browser has yet to begin reading it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};
