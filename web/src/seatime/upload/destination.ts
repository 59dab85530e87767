/** Where the bytes of a file go, and what can go wrong on the way. */
import type { Piece } from './pieces';

/**
 * `passing`: it may go better soon. `behind`: the other side has another idea of what is there, ask it.
 * `gone`: this upload has ended there, only a new one helps. `refused`: it will never be taken.
 */
export type Setback = 'passing' | 'behind' | 'gone' | 'refused';

export class SendProblem extends Error {
  constructor(
    readonly setback: Setback,
    message: string,
    readonly retryAfterMs: number | undefined = undefined,
  ) {
    super(message);
    this.name = 'SendProblem';
  }
}

export type OnBytes = (sent: number) => unknown;

/** `T` is what the server tells of what has arrived. */
export interface Destination<T> {
  /** Pieces on their way at once. */
  readonly parallel: number;
  /** What is still to be sent, as the other side knows it. */
  missing(signal: AbortSignal): Promise<Piece[]>;
  send(piece: Piece, onBytes: OnBytes, signal: AbortSignal): Promise<void>;
  /** Everything has arrived. Answers what became of it, or null where that is told later. */
  finish(signal: AbortSignal): Promise<T | null>;
}

const PASSING = new Set([0, 408, 425, 429]);

export const isPassing = (status: number): boolean => PASSING.has(status) || status >= 500;
