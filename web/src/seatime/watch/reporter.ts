/**
 * Listens to any media element and turns its playing into beats. It knows
 * nothing of players, React or HTTP: those hand it an element, a grant and an outbox.
 */
import { Follower } from './follower';
import { faultOf, hasData, listenTo, type MediaLike } from './media';
import type { BeatOutbox } from './outbox';

export interface ReporterOptions {
  /** Which player it is, where the element doesn't tell: `hls.js` plays in a `video`. At most 32 characters count. */
  player?: string | undefined;
  now?: () => number;
}

const MAX_NAME = 32;

/** Sequence numbers go on where they were when a player is mounted again under the same grant. */
const counters = new Map<string, { next: number }>();

export class WatchReporter {
  private readonly follower: Follower;
  private readonly counter: { next: number };
  private height: number | undefined;
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
    private readonly outbox: Pick<BeatOutbox, 'add' | 'leave'>,
    { player = media.localName, now = Date.now }: ReporterOptions = {},
  ) {
    this.player = player?.slice(0, MAX_NAME) || undefined;
    this.now = now;
    this.counter = counters.get(grant) ?? { next: 1 };
    counters.set(grant, this.counter);
    this.height = media.videoHeight || undefined;
    this.follower = new Follower(media, now, this.counter.next, hasData(media));
    this.detach = listenTo(media, {
      media: {
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
      },
      onVisibility: () => this.onVisibility(),
      onLeave: () => this.onLeave(),
    });
  }

  /** A refreshed grant: what was played until now belongs to the old one. */
  useGrant(grant: string): void {
    if (grant === this.grant) return;
    this.close();
    this.grant = grant;
    counters.set(grant, this.counter);
  }

  dispose(): void {
    this.halt();
    this.detach();
  }

  private get playing(): boolean {
    return !this.media.paused && !this.media.ended && !this.seeking && hasData(this.media);
  }

  private follow(): void {
    this.endStall();
    this.follower.follow();
  }

  private followIfRunning(): void {
    if (this.follower.isRunning) this.follow();
  }

  private close(): void {
    const beat = this.follower.close();
    if (beat === null) return;
    this.counter.next = beat.seq + 1;
    void this.outbox.add(this.grant, { ...beat, ...(this.player !== undefined && { player: this.player }) });
  }

  /** Playing stopped at the element's position, unless a seek has already moved it. */
  private halt(): void {
    if (!this.seeking) this.followIfRunning();
    this.follower.interrupt();
    this.close();
  }

  private onLoaded(): void {
    if (this.media.paused) this.follower.stand();
  }

  private onPlaying(): void {
    if (this.resting) this.follower.note('play');
    this.started = true;
    this.resting = false;
    this.follow();
  }

  private onTime(): void {
    if (!this.playing) return;
    this.started = true;
    this.follow();
    if (this.follower.isDue) this.close();
  }

  /** After a seek, and before the first frame, waiting is no stall. */
  private onWaiting(): void {
    this.halt();
    if (this.started && !this.resting && !this.seeking) this.waitingSince ??= this.now();
  }

  private endStall(): void {
    if (this.waitingSince === null) return;
    this.follower.stalled(this.now() - this.waitingSince);
    this.waitingSince = null;
  }

  private onPause(): void {
    this.endStall();
    // The end pauses too; `ended` follows and says more.
    if (this.media.ended || !this.started) return;
    if (!this.seeking) this.followIfRunning();
    this.follower.note('pause');
    this.resting = true;
    this.halt();
  }

  private onSeeking(): void {
    this.endStall();
    if (this.beginsAgain()) return;
    this.seeking = true;
    this.follower.interrupt();
    if (this.started && this.seekFrom === null) {
      this.seekFrom = this.follower.position;
      this.close();
    }
    this.follower.stand();
  }

  /** An element that loops says of its end no more than that it seeks. */
  private beginsAgain(): boolean {
    const { loop, duration, currentTime } = this.media;
    const isAtStart = loop === true && this.follower.isRunning && currentTime < this.follower.position && currentTime < AT_START_S;
    if (!isAtStart || duration === undefined || duration - this.follower.position > NEAR_END_S * this.follower.rate) return false;
    this.follower.follow(duration);
    this.follower.note('complete');
    this.resting = true;
    this.seeking = true;
    this.follower.interrupt();
    this.close();
    this.follower.stand();
    return true;
  }

  private onSeeked(): void {
    this.seeking = false;
    // Where it plays on at once, the element may have left the target before this is heard.
    if (this.media.paused) this.follower.stand();
    if (this.seekFrom === null) return;
    const from = this.seekFrom;
    this.seekFrom = null;
    this.follower.note('seek', { from, to: this.follower.position });
    if (this.media.paused) this.close();
  }

  private onRate(): void {
    const { playbackRate } = this.media;
    if (playbackRate === this.follower.rate) return;
    this.followIfRunning();
    if (this.started) {
      this.follower.note('ratechange', { value: playbackRate });
      this.close();
    }
    this.follower.rate = playbackRate;
  }

  /** Of the first one that is shown there is nothing to tell. */
  private onResize(): void {
    const { videoHeight } = this.media;
    const before = this.height;
    if (!videoHeight || videoHeight === before) return;
    this.height = videoHeight;
    if (before === undefined) return;
    if (this.playing) this.followIfRunning();
    this.follower.note('qualitychange', { value: `${videoHeight}p` });
    this.close();
  }

  private onEnded(): void {
    this.followIfRunning();
    this.follower.note('complete');
    this.resting = true;
    this.halt();
  }

  /** The source was replaced; the position now jumps without anybody seeking. */
  private onEmptied(): void {
    this.endStall();
    this.follower.interrupt();
    this.close();
    this.started = false;
    this.resting = true;
    this.seeking = false;
    this.seekFrom = null;
    this.follower.lose();
  }

  private onError(): void {
    const value = faultOf(this.media);
    this.follower.note('error', value === undefined ? {} : { value });
    this.halt();
  }

  private onVisibility(): void {
    if (this.playing) this.follow();
    this.close();
    this.follower.hidden = document.visibilityState === 'hidden';
  }

  /** A page that comes back has not played meanwhile. */
  private onLeave(): void {
    this.halt();
    this.outbox.leave();
  }
}

/** Where an element that loops is found when its seek is heard of. */
const AT_START_S = 1;
/** The clock is read four times a second; so far from the end, at single speed, it was played. */
const NEAR_END_S = 1;
