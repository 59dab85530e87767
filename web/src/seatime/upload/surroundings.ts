/** The browser, as far as sending a file needs it. */
export interface Surroundings {
  online(): boolean;
  /** Resolves after so many milliseconds, or when the connection is back. Rejects when aborted. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

export const browser: Surroundings = {
  online: () => navigator.onLine,
  pause: (ms, signal) =>
    new Promise((resolve, reject) => {
      const ending = new AbortController();
      const end = (how: () => void) => {
        clearTimeout(timer);
        ending.abort();
        how();
      };
      const timer = setTimeout(() => end(resolve), ms);
      const stop = () => end(() => reject(signal.reason as Error));
      window.addEventListener('online', () => end(resolve), { signal: ending.signal });
      signal.addEventListener('abort', stop, { signal: ending.signal });
      if (signal.aborted) stop();
    }),
};
