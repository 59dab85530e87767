/** What of a file is still to be sent, by what the other side says it has. Offsets and sizes in bytes. */

export interface Piece {
  start: number;
  /** Just behind the last byte. */
  end: number;
  /** From 1, where the other side counts parts. */
  number: number;
}

/** All of the parts that S3 expects. */
export const cut = (size: number, partSize: number): Piece[] =>
  Array.from({ length: Math.ceil(size / partSize) }, (_, index) => ({
    start: index * partSize,
    end: Math.min(size, (index + 1) * partSize),
    number: index + 1,
  }));

export const missing = (pieces: readonly Piece[], arrived: readonly { number: number }[]): Piece[] => {
  const there = new Set(arrived.map((part) => part.number));
  return pieces.filter((piece) => !there.has(piece.number));
};

export const bytesOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, piece) => sum + piece.end - piece.start, 0);

/** What follows `from`, in chunks of `chunk` bytes. */
export const rest = (from: number, size: number, chunk: number): Piece[] => {
  const pieces: Piece[] = [];
  for (let start = from; start < size; start += chunk) {
    pieces.push({ start, end: Math.min(size, start + chunk), number: pieces.length + 1 });
  }
  return pieces;
};

/** The `Range` of a 308 → how many bytes are there; null if it says nothing that we understand. */
export const persisted = (range: string | null): number | null => {
  const match = /^bytes=0-(\d+)$/.exec(range ?? '');
  return match ? Number(match[1]) + 1 : null;
};
