/** One sender at a time among all tabs of an origin. */

/** Longer than any sender takes for a request: one that has hung must not keep the others from sending. */
const PATIENCE_MS = 60_000;

/** Where there are no Web Locks, or they are refused (a frame without an origin), nobody is kept waiting. */
export const exclusively = async (name: string, work: () => Promise<void>): Promise<void> => {
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return work();
  let begun = false;
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    await navigator.locks.request(name, { signal: patience.signal }, () => {
      begun = true;
      clearTimeout(timer);
      return work();
    });
  } catch (error) {
    if (begun) throw error;
    await work(); // two senders at once only say things twice
  } finally {
    clearTimeout(timer);
  }
};
