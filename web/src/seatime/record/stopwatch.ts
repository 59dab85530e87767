/** How long was recorded: time that runs, without the pauses. Milliseconds throughout. Pure. */
export interface Stopwatch {
  readonly ran: number;
  /** When it was last set going; null while it stands. */
  readonly since: number | null;
}

export const STOPPED: Stopwatch = { ran: 0, since: null };

export const run = (watch: Stopwatch, now: number): Stopwatch => (watch.since === null ? { ...watch, since: now } : watch);

export const halt = (watch: Stopwatch, now: number): Stopwatch => ({ ran: elapsed(watch, now), since: null });

export const elapsed = (watch: Stopwatch, now: number): number =>
  watch.ran + (watch.since === null ? 0 : Math.max(0, now - watch.since));
