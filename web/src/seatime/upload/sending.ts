/**
 * Sends a file until it has arrived: bounded parallelism, back-off per piece, pausable, through outages of any length.
 * Whatever interrupts it, the other side is asked what it has, and only the rest is sent.
 */
import { backOff } from '../watch/policy';
import { SendProblem, type Destination } from './destination';
import { bytesOf, type Piece } from './pieces';
import type { Surroundings } from './surroundings';

export type Phase = 'asking' | 'sending' | 'paused' | 'offline' | 'waiting' | 'checking' | 'done' | 'failed' | 'gone';

/** `T` is what the server tells of what has arrived. */
export interface SendingState<T> {
  phase: Phase;
  /** Bytes, as `size` and `resumedAt`. */
  sent: number;
  size: number;
  /** What was there when it began; null before that is known. */
  resumedAt: number | null;
  /** Why it failed, or what it waits for. */
  problem: string | null;
  /** What became of it, where that is known at the end. */
  outcome: T | null;
}

const ATTEMPTS_PER_PIECE = 4;
const LONGEST_WAIT_MS = 30_000;

export class Sending<T> {
  private current: SendingState<T>;
  private listeners = new Set<() => void>();
  private turn: AbortController | null = null;
  private ended = false;
  private inFlight = new Map<number, number>();
  private arrived = 0;
  private setbacks = 0;

  constructor(
    size: number,
    private readonly destination: Destination<T>,
    private readonly surroundings: Surroundings,
  ) {
    this.current = { phase: 'asking', sent: 0, size, resumedAt: null, problem: null, outcome: null };
  }

  get state(): SendingState<T> {
    return this.current;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Begin, or go on after `pause`. */
  readonly resume = (): void => {
    if (this.turn !== null || this.ended) return;
    this.turn = new AbortController();
    void this.run(this.turn);
  };

  readonly pause = (): void => {
    if (this.turn === null || this.ended || this.current.phase === 'checking') return;
    this.turn.abort();
    this.turn = null;
    this.show({ phase: 'paused', problem: null });
  };

  /** For good; nothing is shown any more. */
  readonly stop = (): void => {
    this.ended = true;
    this.turn?.abort();
    this.listeners.clear();
  };

  private async run(turn: AbortController): Promise<void> {
    const { signal } = turn;
    while (!signal.aborted && !this.ended) {
      try {
        await this.attempt(signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        const problem = error instanceof SendProblem ? error : new SendProblem('refused', String(error));
        if (problem.setback === 'gone' || problem.setback === 'refused') {
          this.end({ phase: problem.setback === 'gone' ? 'gone' : 'failed', problem: problem.message });
          return;
        }
        await this.wait(problem, signal).catch(() => undefined);
      }
    }
  }

  private async attempt(signal: AbortSignal): Promise<void> {
    this.show({ phase: this.current.resumedAt === null ? 'asking' : this.current.phase });
    const missing = await this.destination.missing(signal);
    signal.throwIfAborted();
    this.inFlight.clear();
    this.arrived = this.current.size - bytesOf(missing);
    this.show({
      phase: 'sending',
      sent: this.arrived,
      resumedAt: this.current.resumedAt ?? this.arrived,
      problem: null,
    });
    await this.sendAll(missing, signal);
    this.show({ phase: 'checking', sent: this.current.size });
    const outcome = await this.destination.finish(signal);
    if (!signal.aborted) this.end({ phase: 'done', problem: null, outcome });
  }

  /** The first piece that can't be sent stops the others: what they lose is asked for again. */
  private async sendAll(missing: readonly Piece[], signal: AbortSignal): Promise<void> {
    const stopping = new AbortController();
    const either = AbortSignal.any([signal, stopping.signal]);
    const waiting = [...missing];
    const work = async () => {
      for (let piece = waiting.shift(); piece !== undefined; piece = waiting.shift()) {
        await this.sendOne(piece, either);
      }
    };
    const workers = Array.from({ length: this.destination.parallel }, work);
    try {
      await Promise.all(workers);
    } finally {
      stopping.abort();
      await Promise.allSettled(workers);
    }
  }

  private async sendOne(piece: Piece, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.destination.send(piece, (bytes) => !signal.aborted && this.moved(piece, bytes), signal);
        signal.throwIfAborted();
        this.inFlight.delete(piece.start);
        this.arrived += piece.end - piece.start;
        this.setbacks = 0;
        this.moved(null, 0);
        return;
      } catch (error) {
        this.inFlight.delete(piece.start);
        const again = error instanceof SendProblem && error.setback === 'passing' && this.destination.parallel > 1;
        if (signal.aborted || !again || attempt >= ATTEMPTS_PER_PIECE || !this.surroundings.online()) throw error;
        await this.surroundings.pause(backOff(attempt - 1, error.retryAfterMs, Math.random()), signal);
      }
    }
  }

  private async wait(problem: SendProblem, signal: AbortSignal): Promise<void> {
    this.show({ phase: this.surroundings.online() ? 'waiting' : 'offline', problem: problem.message });
    const ms = Math.min(LONGEST_WAIT_MS, backOff(this.setbacks, problem.retryAfterMs, Math.random()));
    this.setbacks += 1;
    await this.surroundings.pause(ms, signal);
  }

  private moved(piece: Piece | null, bytes: number): void {
    if (piece !== null) this.inFlight.set(piece.start, Math.min(bytes, piece.end - piece.start));
    let sent = this.arrived;
    for (const some of this.inFlight.values()) sent += some;
    this.show({ phase: 'sending', sent: Math.min(sent, this.current.size), problem: null });
  }

  private end(change: Partial<SendingState<T>>): void {
    this.ended = true;
    this.show(change);
  }

  private show(change: Partial<SendingState<T>>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener();
  }
}
