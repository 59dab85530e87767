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
      const done = () => {
        clearTimeout(timer);
        window.removeEventListener('online', done);
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const stop = () => {
        done();
        reject(signal.reason as Error);
      };
      const timer = setTimeout(done, ms);
      window.addEventListener('online', done);
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
    }),
};
