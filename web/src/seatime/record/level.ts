/** How loud a stretch of samples is, on a scale that looks right to people: decibels, −60 dB and below being 0. Pure. */
const FLOOR_DB = -60;

/** 0…1. Samples are −1…1. */
export const levelOf = (samples: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < samples.length; i += 1) sum += (samples[i] ?? 0) ** 2;
  if (sum === 0) return 0;
  const decibels = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, 1 - decibels / FLOOR_DB));
};

/** Below this nobody is speaking: a muted microphone, or the wrong one. */
export const SILENCE = 0.12;
