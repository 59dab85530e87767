/**
 * Listens to any media element and turns its playing into beats. It knows
 * nothing of players, React or HTTP: those hand it an element, a grant and an outbox.
 */
import { note, stall, startRecording, stop, takeBeat, tick, type Recording, type WatchEvent } from './beats';
import type { BeatOutbox } from './outbox';
import type { Tick } from './ranges';

/** What is used of HTMLMediaElement; Mux's player element has it too (`seeking`, for one, it lacks). */
export interface MediaLike extends EventTarget {
  readonly currentTime: number;
  readonly paused: boolean;
  readonly ended: boolean;
  readonly readyState: number;
  readonly playbackRate: number;
  /** Pixels; what changes with the quality, where that is chosen by rendition. */
  readonly videoHeight?: number;
  /** The element's name says which player it is. */
  readonly localName?: string;
  readonly error?: { readonly code: number; readonly muxCode?: number | undefined } | null;
}

export interface ReporterOptions {
  /** Which player it is, where the element doesn't tell: `hls.js` plays in a `video`. At most 32 characters count. */
  player?: string | undefined;
  now?: () => number;
}

const BEAT_EVERY_MS = 10_000;
const HAVE_FUTURE_DATA = 3;
/** A busy page hears of playing late; the element stood still before, so this much of a lead was played. */
const LATE_START_S = 1;
const MAX_NAME = 32;
/** Mux's player has codes of its own beside the element's; this one is no fault of the network. */
const MUX_TOKEN_EXPIRED = 2403210;

/** Sequence numbers go on where they were when a player is mounted again under the same grant. */
const counters = new Map<string, { next: number }>();

export class WatchReporter {
  private recording: Recording;
  private readonly counter: { next: number };
  private rate: number;
  private height: number | undefined;
  private hidden = document.visibilityState === 'hidden';
  private position: number;
  /** Whether `position` is known to be where the element stands or stood; not so while a source loads. */
  private placed: boolean;
  private stoppedAt: number;
  private beatDue = Infinity;
  private seeking = false;
  private seekFrom: number | null = null;
  private waitingSince: number | null = null;
  private started = false;
  private resting = true;
  private readonly player: string | undefined;
  private readonly now: () => number;
  private readonly detach: () => void;

  constructor(
    private readonly media: MediaLike,
    private grant: string,
    private readonly outbox: BeatOutbox,
    { player = media.localName, now = Date.now }: ReporterOptions = {},
  ) {
    this.player = player?.slice(0, MAX_NAME) || undefined;
    this.now = now;
    this.counter = counters.get(grant) ?? { next: 1 };
    counters.set(grant, this.counter);
    this.recording = startRecording(this.counter.next);
    this.rate = media.playbackRate;
    this.height = media.videoHeight || undefined;
    this.position = media.currentTime;
    this.placed = media.readyState >= HAVE_FUTURE_DATA;
    this.stoppedAt = now();
    this.detach = this.attach();
  }

  /** A refreshed grant: what was played until now belongs to the old one. */
  useGrant(grant: string): void {
    if (grant === this.grant) return;
    this.closeInterval();
    this.grant = grant;
    counters.set(grant, this.counter);
  }

  dispose(): void {
    this.halt();
    this.detach();
  }

  private attach(): () => void {
    const onMedia: Record<string, () => void> = {
      canplay: () => this.onLoaded(),
      playing: () => this.onPlaying(),
      timeupdate: () => this.onTime(),
      pause: () => this.onPause(),
      waiting: () => this.onWaiting(),
      seeking: () => this.onSeeking(),
      seeked: () => this.onSeeked(),
      ratechange: () => this.onRate(),
      resize: () => this.onResize(),
      ended: () => this.onEnded(),
      emptied: () => this.onEmptied(),
      error: () => this.onError(),
    };
    const onVisibility = () => this.onVisibility();
    const onHide = () => this.onHide();
    for (const [type, listener] of Object.entries(onMedia)) this.media.addEventListener(type, listener);
    document.addEventListener('visibilitychange', onVisibility);
    window.addEventListener('pagehide', onHide);
    return () => {
      for (const [type, listener] of Object.entries(onMedia)) this.media.removeEventListener(type, listener);
      document.removeEventListener('visibilitychange', onVisibility);
      window.removeEventListener('pagehide', onHide);
    };
  }

  private get playing(): boolean {
    const { paused, ended, readyState } = this.media;
    return !paused && !ended && !this.seeking && readyState >= HAVE_FUTURE_DATA;
  }

  private reading(): Tick {
    return { position: this.position, at: this.now(), rate: this.rate };
  }

  private event(type: WatchEvent['type'], more: Partial<WatchEvent> = {}): void {
    this.recording = note(this.recording, { type, at: this.now(), position: this.position, ...more });
  }

  /** Follow the element to where it stands, if it got there by playing. */
  private follow(): void {
    this.endStall();
    if (this.recording.trace.last === null) this.startWhereItStood();
    this.place();
    if (this.recording.since === null) this.beatDue = this.now() + BEAT_EVERY_MS;
    this.recording = tick(this.recording, this.reading());
  }

  private place(): void {
    this.position = this.media.currentTime;
    this.placed = true;
  }

  private startWhereItStood(): void {
    const lead = this.media.currentTime - this.position;
    if (!this.placed || lead <= 0 || lead > LATE_START_S) return;
    const at = Math.max(this.stoppedAt, this.now() - (lead / this.rate) * 1000);
    this.beatDue = at + BEAT_EVERY_MS;
    this.recording = tick(this.recording, { position: this.position, at, rate: this.rate });
  }

  private closeInterval(): void {
    if (this.recording.trace.last === null) this.stoppedAt = this.now();
    const { beat, recording } = takeBeat(this.recording, this.reading(), this.hidden);
    this.recording = recording;
    this.counter.next = recording.nextSeq;
    this.beatDue = this.now() + BEAT_EVERY_MS;
    if (beat) void this.outbox.add(this.grant, { ...beat, ...(this.player !== undefined && { player: this.player }) });
  }

  /** Playing stopped at the element's position, unless a seek has already moved it. */
  private halt(): void {
    if (this.recording.trace.last !== null && !this.seeking) this.follow();
    this.recording = stop(this.recording);
    this.closeInterval();
  }

  private onLoaded(): void {
    if (this.media.paused) this.place();
  }

  private onPlaying(): void {
    if (this.resting) this.event('play');
    this.started = true;
    this.resting = false;
    this.follow();
  }

  private onTime(): void {
    if (!this.playing) return;
    this.started = true;
    this.follow();
    if (this.now() >= this.beatDue) this.closeInterval();
  }

  /** After a seek, and before the first frame, waiting is no stall. */
  private onWaiting(): void {
    this.halt();
    if (this.started && !this.resting && !this.seeking) this.waitingSince ??= this.now();
  }

  private endStall(): void {
    if (this.waitingSince === null) return;
    this.recording = stall(this.recording, this.now() - this.waitingSince);
    this.waitingSince = null;
  }

  private onPause(): void {
    this.endStall();
    // The end pauses too; `ended` follows and says more.
    if (this.media.ended || !this.started) return;
    if (this.recording.trace.last !== null && !this.seeking) this.follow();
    this.event('pause');
    this.resting = true;
    this.halt();
  }

  private onSeeking(): void {
    this.endStall();
    this.seeking = true;
    this.recording = stop(this.recording);
    if (this.started && this.seekFrom === null) {
      this.seekFrom = this.position;
      this.closeInterval();
    }
    this.place();
  }

  private onSeeked(): void {
    this.seeking = false;
    // Where it plays on at once, the element may have left the target before this is heard.
    if (this.media.paused) this.place();
    if (this.seekFrom === null) return;
    const from = this.seekFrom;
    this.seekFrom = null;
    this.event('seek', { from, to: this.position });
    if (this.media.paused) this.closeInterval();
  }

  private onRate(): void {
    if (this.media.playbackRate === this.rate) return;
    if (this.recording.trace.last !== null) this.follow();
    if (this.started) {
      this.event('ratechange', { value: this.media.playbackRate });
      this.closeInterval();
    }
    this.rate = this.media.playbackRate;
  }

  /** Of the first one that is shown there is nothing to tell. */
  private onResize(): void {
    const { videoHeight } = this.media;
    const before = this.height;
    if (!videoHeight || videoHeight === before) return;
    this.height = videoHeight;
    if (before !== undefined) this.event('qualitychange', { value: `${videoHeight}p` });
  }

  private onEnded(): void {
    if (this.recording.trace.last !== null) this.follow();
    this.event('complete');
    this.resting = true;
    this.halt();
  }

  /** The source was replaced; the position now jumps without anybody seeking. */
  private onEmptied(): void {
    this.endStall();
    this.recording = stop(this.recording);
    this.closeInterval();
    this.started = false;
    this.resting = true;
    this.seeking = false;
    this.seekFrom = null;
    this.placed = false;
  }

  private onError(): void {
    const { error } = this.media;
    const value = error?.muxCode === MUX_TOKEN_EXPIRED ? 'expired' : error?.code;
    this.event('error', value === undefined ? {} : { value: String(value) });
    this.halt();
  }

  private onVisibility(): void {
    if (this.playing) this.follow();
    this.closeInterval();
    this.hidden = document.visibilityState === 'hidden';
  }

  private onHide(): void {
    if (this.playing) this.follow();
    this.closeInterval();
    this.outbox.leave();
  }
}
