/**
 * From an open camera or screen to a recording, as states that a page can show. It knows nothing of React.
 * What was recorded is never thrown away by a mishap: a device that goes ends the take, and the take is kept.
 */
import { CaptureRefused, capture, type Capture, type Devices, type Source } from './capture';
import { recordingType } from './formats';
import { GONE, UNSUPPORTED, explain, type Problem } from './refusals';
import { STOPPED, elapsed, halt, run, type Stopwatch } from './stopwatch';

export interface Take {
  recording: Blob;
  seconds: number;
  at: Date;
}

export interface RecorderState {
  /** `starting` is a recorder that was set going and has not written anything yet. */
  phase: 'idle' | 'asking' | 'live' | 'starting' | 'recording' | 'paused' | 'taken';
  source: Source;
  devices: Devices;
  stream: MediaStream | null;
  take: Take | null;
  /** Why there is nothing to record. */
  problem: Problem | null;
  /** What is not as wished, though it goes on. */
  note: string | null;
}

const IDLE: RecorderState = {
  phase: 'idle',
  source: 'camera',
  devices: {},
  stream: null,
  take: null,
  problem: null,
  note: null,
};

/** What is written leaves the encoder every second, so that a crash of it costs no more. */
const SLICE_MS = 1_000;
const NOTHING: Problem = { title: 'Nothing was recorded', message: 'The recording was empty. Please try again.' };

export class Recorder {
  private state = IDLE;
  private readonly listeners = new Set<() => void>();
  private open: Capture | null = null;
  private writer: MediaRecorder | null = null;
  private watch: Stopwatch = STOPPED;
  /** Counts the askings: an answer to a former one is closed at once. */
  private asking = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): RecorderState => this.state;

  get seconds(): number {
    return elapsed(this.watch, this.now()) / 1_000;
  }

  /** Ask for camera or screen; also to change a device. A take is given up by it. */
  async ask(source: Source, devices: Devices = this.state.devices): Promise<void> {
    const asked = (this.asking += 1);
    this.release();
    this.show({ ...IDLE, phase: 'asking', source, devices });
    try {
      const opened = await capture(source, devices);
      if (asked !== this.asking) return opened.close();
      this.use(opened);
    } catch (error) {
      if (asked !== this.asking) return;
      const problem = error instanceof CaptureRefused ? error.problem : explain(error, source);
      this.show({ ...IDLE, source, devices, problem });
    }
  }

  start(): void {
    if (this.open === null || this.state.phase !== 'live') return;
    const type = recordingType((candidate) => MediaRecorder.isTypeSupported(candidate));
    const parts: Blob[] = [];
    try {
      const writer = new MediaRecorder(this.open.stream, type === undefined ? {} : { mimeType: type });
      writer.ondataavailable = ({ data }) => void (data.size > 0 && parts.push(data));
      writer.onerror = () => this.stop('The browser could not go on recording. What was recorded until then is kept.');
      writer.onstop = () => this.keep(writer, parts);
      // The first picture may come a while after the asking. Until then there is nothing to pause or to keep, and
      // whoever speaks already is not heard: only from here on it counts, and is called recording.
      writer.onstart = () => {
        if (this.writer !== writer || this.state.phase !== 'starting') return;
        this.watch = run(STOPPED, this.now());
        this.show({ ...this.state, phase: 'recording' });
      };
      this.writer = writer;
      this.watch = STOPPED;
      this.show({ ...this.state, phase: 'starting', note: null });
      writer.start(SLICE_MS);
    } catch {
      this.release();
      this.show({ ...IDLE, source: this.state.source, problem: UNSUPPORTED });
    }
  }

  pause(): void {
    if (this.state.phase !== 'recording') return;
    this.writer?.pause();
    this.watch = halt(this.watch, this.now());
    this.show({ ...this.state, phase: 'paused' });
  }

  resume(): void {
    if (this.state.phase !== 'paused') return;
    this.writer?.resume();
    this.watch = run(this.watch, this.now());
    this.show({ ...this.state, phase: 'recording' });
  }

  /** The take comes a moment later, when the last of it is written. */
  stop(note: string | null = null): void {
    if (this.writer === null || this.writer.state === 'inactive') return;
    this.watch = halt(this.watch, this.now());
    if (note !== null) this.show({ ...this.state, note });
    this.writer.stop();
  }

  /** Back to the beginning; camera and microphone go out. */
  close(): void {
    this.asking += 1;
    this.release();
    this.show({ ...IDLE, source: this.state.source, devices: this.state.devices });
  }

  private use(opened: Capture): void {
    this.open = opened;
    opened.video.addEventListener('ended', () => this.onPictureGone(opened));
    opened.microphone?.addEventListener('ended', () => {
      if (this.open === opened) this.show({ ...this.state, note: GONE.microphone });
    });
    this.show({ ...this.state, phase: 'live', stream: opened.stream, note: opened.note });
  }

  private onPictureGone(opened: Capture): void {
    if (this.open !== opened) return;
    const { phase, source, devices } = this.state;
    // Whoever ends the sharing of a screen means to end the recording too.
    if (phase === 'recording' || phase === 'paused') return this.stop(source === 'camera' ? GONE.camera : null);
    this.release();
    const problem = source === 'camera' ? GONE_BEFORE.camera : GONE_BEFORE.screen;
    this.show({ ...IDLE, source, devices, problem });
  }

  private keep(writer: MediaRecorder, parts: Blob[]): void {
    if (this.writer !== writer) return;
    const { source, devices, note } = this.state;
    const seconds = this.seconds;
    const recording = new Blob(parts, { type: writer.mimeType || 'video/webm' });
    this.release();
    if (recording.size === 0) return this.show({ ...IDLE, source, devices, problem: NOTHING });
    this.show({ ...IDLE, phase: 'taken', source, devices, note, take: { recording, seconds, at: new Date() } });
  }

  private release(): void {
    const writer = this.writer;
    this.writer = null;
    if (writer !== null && writer.state !== 'inactive') writer.stop();
    this.open?.close();
    this.open = null;
    this.watch = STOPPED;
  }

  private show(state: RecorderState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

const GONE_BEFORE: Record<Source, Problem> = {
  camera: { title: 'The camera was disconnected', message: 'Plug it in again, or choose another one.' },
  screen: { title: 'The screen is not shared any more', message: 'Choose again what to record.' },
};
