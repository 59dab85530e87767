/**
 * A beat claims the media ranges of one interval of real time. The recorder
 * decides where an interval starts and ends, so that playing always stands at
 * the interval's end: a pause, stall, seek or change of rate closes it.
 */
import { EMPTY_TRACE, advance, cut, interrupt, played, type Range, type Tick, type Trace } from './ranges';

export type WatchEventType =
  | 'play'
  | 'pause'
  | 'progress'
  | 'complete'
  | 'seek'
  | 'ratechange'
  | 'qualitychange'
  | 'error';

/** `at` epoch milliseconds; positions in media seconds. */
export interface WatchEvent {
  type: WatchEventType;
  at: number;
  position?: number;
  from?: number;
  to?: number;
  /** The new rate or quality, or the error's code. */
  value?: number | string;
}

/** The wire shape: `since` and `at` epoch milliseconds, the rest media seconds. */
export interface Beat {
  seq: number;
  since: number;
  at: number;
  position: number;
  rate: number;
  watched_segments: Range[];
  hidden: boolean;
  events: WatchEvent[];
  /** Seconds of real time in which it waited for data; absent where it did not. */
  stalled?: number;
  /** Which player it was: few names are told apart, all others count as one. */
  player?: string;
}

export interface Recording {
  readonly trace: Trace;
  /** When the interval that the next beat names began. */
  readonly since: number | null;
  readonly events: readonly WatchEvent[];
  readonly nextSeq: number;
  /** Milliseconds that the next beat tells of. */
  readonly stalled: number;
}

export const startRecording = (firstSeq = 1): Recording => ({
  trace: EMPTY_TRACE,
  since: null,
  events: [],
  nextSeq: firstSeq,
  stalled: 0,
});

/** Events wait for the next beat; a beat of thousands would be refused. */
const MAX_EVENTS = 50;

export const note = (recording: Recording, event: WatchEvent): Recording => ({
  ...recording,
  events: [...recording.events, event].slice(-MAX_EVENTS),
});

export const tick = (recording: Recording, reading: Tick): Recording => ({
  ...recording,
  trace: advance(recording.trace, reading),
  since: recording.since ?? reading.at,
});

/** It should have played and waited for data, for that many milliseconds. */
export const stall = (recording: Recording, ms: number): Recording => ({
  ...recording,
  stalled: recording.stalled + Math.max(0, ms),
});

export const stop = (recording: Recording): Recording => ({
  ...recording,
  trace: interrupt(recording.trace),
});

const millis = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** What the server takes for a speed; at none at all nothing was played, so that any will do. */
const SLOWEST = 0.01;
const FASTEST = 16;
const speed = (rate: number): number => (rate > 0 ? Math.min(Math.max(rate, SLOWEST), FASTEST) : 1);

/**
 * Close the interval. Null when there is nothing to tell: an idle element sends nothing.
 *
 * `reading.at` earlier than the interval's start means that the machine's clock was set back: the interval is then as
 * long as what was played took, up to now.
 */
export const takeBeat = (
  recording: Recording,
  reading: Tick,
  hidden: boolean,
): { beat: Beat | null; recording: Recording } => {
  const { ranges, rest } = cut(recording.trace);
  const playing = rest.last !== null;
  if (played(ranges) === 0 && recording.events.length === 0) {
    return { beat: null, recording: { ...recording, since: playing ? recording.since : null } };
  }
  const rate = speed(reading.rate);
  const at = Math.round(reading.at);
  const began = Math.round(recording.since ?? at);
  const beat: Beat = {
    seq: recording.nextSeq,
    since: began <= at ? began : Math.round(at - (played(ranges) / rate) * 1000),
    at,
    position: millis(reading.position),
    rate,
    watched_segments: ranges.map(([from, to]) => [millis(from), millis(to)] as const),
    hidden,
    events: recording.events.map((event) => ({ ...event, at: Math.round(event.at) })),
    ...(recording.stalled > 0 && { stalled: Math.round(recording.stalled) / 1000 }),
  };
  return {
    beat,
    recording: {
      trace: rest,
      since: playing ? at : null,
      events: [],
      nextSeq: recording.nextSeq + 1,
      stalled: 0,
    },
  };
};
