/** Seconds and shares as people read them. */

/** `m:ss`, from an hour on `h:mm:ss`. */
export const clock = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  const h = Math.floor(whole / 3600);
  const m = Math.floor((whole % 3600) / 60);
  const ss = String(whole % 60).padStart(2, '0');
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${ss}` : `${m}:${ss}`;
};

/** Rounded down: 89.9 % must not read as the 90 % that would have completed a lesson. */
export const percent = (share: number): string => `${Math.floor(share * 100 + 1e-9)}\u00a0%`;

/** A number that is kept back for a small group is a dash. */
export const shown = (value: number | null, format: (value: number) => string): string =>
  value === null ? '–' : format(value);
