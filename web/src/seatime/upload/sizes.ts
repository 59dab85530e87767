/** Bytes as people read them. */
export const megabytes = (bytes: number): string => {
  const [value, unit] = bytes >= 1e9 ? [bytes / 1e9, 'GB'] : bytes >= 1e6 ? [bytes / 1e6, 'MB'] : [bytes / 1e3, 'kB'];
  return `${value >= 100 ? Math.round(value) : value.toFixed(1)}\u00a0${unit}`;
};
