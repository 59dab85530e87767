/**
 * Follows an element's clock and closes beats: where it stands, since when it plays, at which speed, and what there is
 * to tell of it. Which of the element's events mean what is the reporter's business.
 */
import { note, stall, startRecording, stop, takeBeat, tick, type Beat, type Recording, type WatchEvent } from './beats';
import type { MediaLike } from './media';
import type { Tick } from './ranges';

const BEAT_EVERY_MS = 10_000;
/** A busy page hears of playing late; the element stood still before, so this much of a lead was played. */
const LATE_START_S = 1;

export class Follower {
  /** The element's, since the last change of it was told. */
  rate: number;
  /** Nobody could see the page while the open interval was played. */
  hidden = document.visibilityState === 'hidden';
  private recording: Recording;
  private place: number;
  /** Whether `place` is known to be where the element stands or stood; not so while a source loads. */
  private placed: boolean;
  private stoppedAt: number;
  private beatDue = Infinity;

  /** Beats are numbered from `firstSeq`. */
  constructor(
    private readonly media: MediaLike,
    private readonly now: () => number,
    firstSeq: number,
    isPlaced: boolean,
  ) {
    this.recording = startRecording(firstSeq);
    this.rate = media.playbackRate;
    this.place = media.currentTime;
    this.placed = isPlaced;
    this.stoppedAt = now();
  }

  /** Media seconds, as of the last look. */
  get position(): number {
    return this.place;
  }

  get isRunning(): boolean {
    return this.recording.trace.last !== null;
  }

  get isDue(): boolean {
    return this.now() >= this.beatDue;
  }

  note(type: WatchEvent['type'], more: Partial<WatchEvent> = {}): void {
    this.recording = note(this.recording, { type, at: this.now(), position: this.place, ...more });
  }

  stalled(ms: number): void {
    this.recording = stall(this.recording, ms);
  }

  /** The element stands there, however it got there. */
  stand(): void {
    this.place = this.media.currentTime;
    this.placed = true;
  }

  /** Where it stands is not known. */
  lose(): void {
    this.placed = false;
  }

  /** Follow the element to `position`, if it got there by playing. */
  follow(position = this.media.currentTime): void {
    if (!this.isRunning) this.startWhereItStood();
    this.place = position;
    this.placed = true;
    if (this.recording.since === null) this.beatDue = this.now() + BEAT_EVERY_MS;
    this.recording = tick(this.recording, this.reading());
  }

  /** It plays no more; what it plays next begins afresh. */
  interrupt(): void {
    this.recording = stop(this.recording);
  }

  /** The beat of the interval that ends now; null where there is nothing to tell. */
  close(): Beat | null {
    if (!this.isRunning) this.stoppedAt = this.now();
    const { beat, recording } = takeBeat(this.recording, this.reading(), this.hidden);
    this.recording = recording;
    this.beatDue = this.now() + BEAT_EVERY_MS;
    return beat;
  }

  private startWhereItStood(): void {
    const lead = this.media.currentTime - this.place;
    if (!this.placed || lead <= 0 || lead > LATE_START_S || this.rate <= 0) return;
    const at = Math.max(this.stoppedAt, this.now() - (lead / this.rate) * 1000);
    this.beatDue = at + BEAT_EVERY_MS;
    this.recording = tick(this.recording, { position: this.place, at, rate: this.rate });
  }

  private reading(): Tick {
    return { position: this.place, at: this.now(), rate: this.rate };
  }
}
