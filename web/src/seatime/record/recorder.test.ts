import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordingFile, recordingName, recordingType, size } from './formats';
import { levelOf } from './level';
import { Recorder } from './recorder';
import { explain } from './refusals';
import { STOPPED, elapsed, halt, run } from './stopwatch';

/** The browser's devices and encoder, which a test environment lacks. */
class Track extends EventTarget {
  readyState = 'live';
  constructor(readonly kind: 'audio' | 'video') {
    super();
  }
  stop() {
    this.readyState = 'ended';
  }
  unplug() {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
}

class Stream {
  constructor(readonly tracks: Track[]) {}
  getVideoTracks = () => this.tracks.filter(({ kind }) => kind === 'video');
  getAudioTracks = () => this.tracks.filter(({ kind }) => kind === 'audio');
}

class Writer {
  static isTypeSupported = (type: string) => type.startsWith('video/webm');
  state = 'inactive';
  ondataavailable: (event: { data: Blob }) => void = () => undefined;
  onstart: () => void = () => undefined;
  onstop: () => void = () => undefined;
  readonly mimeType: string;
  constructor(
    readonly stream: Stream,
    { mimeType }: { mimeType: string },
  ) {
    this.mimeType = mimeType;
    writers.push(this);
  }
  start() {
    this.state = 'recording';
    if (ready) this.write();
  }
  /** The encoder has its first picture. */
  write() {
    clock += STARTING_MS;
    this.onstart();
  }
  pause() {
    this.state = 'paused';
  }
  resume() {
    this.state = 'recording';
  }
  stop() {
    this.state = 'inactive';
    if (bytes > 0) this.ondataavailable({ data: new Blob(['x'.repeat(bytes)]) });
    this.onstop();
  }
}

const refusal = (name: string, message = '') => new DOMException(message, name);
const writers: Writer[] = [];
const opened: Track[] = [];
let bytes = 10;
let ready = true;
let clock = 0;
/** How long the encoder takes until it writes. */
const STARTING_MS = 700;
let refuse: (wanted: { video?: unknown; audio?: unknown }) => DOMException | null;

const open = (wanted: { video?: unknown; audio?: unknown }) => {
  const refused = refuse(wanted);
  if (refused !== null) return Promise.reject(refused);
  const tracks = [...(wanted.video ? [new Track('video')] : []), ...(wanted.audio ? [new Track('audio')] : [])];
  opened.push(...tracks);
  return Promise.resolve(new Stream(tracks));
};

beforeEach(() => {
  writers.length = 0;
  opened.length = 0;
  bytes = 10;
  ready = true;
  clock = 0;
  refuse = () => null;
  vi.stubGlobal('MediaRecorder', Writer);
  vi.stubGlobal('MediaStream', Stream);
  vi.stubGlobal('navigator', {
    mediaDevices: { getUserMedia: open, getDisplayMedia: ({ video }: { video: unknown }) => open({ video }) },
  });
});
afterEach(() => vi.unstubAllGlobals());

const live = async (source: 'camera' | 'screen' = 'camera') => {
  const recorder = new Recorder(() => clock);
  await recorder.ask(source);
  return recorder;
};

describe('a recorder', () => {
  it('makes a take as long as it ran, without its pauses, and gives the devices back', async () => {
    const recorder = await live();
    recorder.start();
    clock += 4_000;
    recorder.pause();
    clock += 5_000;
    recorder.resume();
    clock += 1_500;
    recorder.stop();
    const { phase, take } = recorder.current();
    expect(phase).toBe('taken');
    expect(take?.seconds).toBe(5.5);
    expect(take?.recording.type).toBe('video/webm;codecs=vp9,opus');
    expect(opened.map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
  });

  it('records from its first picture on: before it there is nothing to pause or to keep', async () => {
    ready = false;
    const recorder = await live();
    recorder.start();
    recorder.pause();
    expect(recorder.current().phase).toBe('starting');
    writers[0]?.write();
    expect(recorder.current().phase).toBe('recording');
    recorder.pause();
    recorder.stop();
    expect(recorder.current()).toMatchObject({ phase: 'taken', take: { seconds: 0 } });
  });

  it('can be called off before its first picture, and is told by it no more', async () => {
    ready = false;
    const recorder = await live();
    recorder.start();
    recorder.close();
    writers[0]?.write();
    expect(recorder.current()).toMatchObject({ phase: 'idle', take: null, problem: null });
    expect(opened.every(({ readyState }) => readyState === 'ended')).toBe(true);
  });

  it('says that the camera went before its first picture, and makes no empty take of it', async () => {
    ready = false;
    bytes = 0;
    const recorder = await live();
    recorder.start();
    opened[0]?.unplug();
    expect(recorder.current()).toMatchObject({ phase: 'idle', problem: { title: 'The camera was disconnected' } });
  });

  it('keeps what was recorded when the camera goes, and says so', async () => {
    const recorder = await live();
    recorder.start();
    clock += 2_000;
    opened[0]?.unplug();
    expect(recorder.current()).toMatchObject({ phase: 'taken', take: { seconds: 2 } });
    expect(recorder.current().note).toMatch(/camera was disconnected/);
  });

  it('records on without sound when the microphone goes', async () => {
    const recorder = await live();
    recorder.start();
    opened[1]?.unplug();
    expect(recorder.current().phase).toBe('recording');
    expect(recorder.current().note).toMatch(/microphone was disconnected/);
  });

  it('says that the camera went where nothing was recorded yet', async () => {
    const recorder = await live();
    opened[0]?.unplug();
    expect(recorder.current()).toMatchObject({ phase: 'idle', problem: { title: 'The camera was disconnected' } });
  });

  it('takes the end of the sharing for the end of the recording', async () => {
    const recorder = await live('screen');
    recorder.start();
    clock += 1_000;
    opened[0]?.unplug();
    expect(recorder.current()).toMatchObject({ phase: 'taken', note: null, take: { seconds: 1 } });
  });

  it('records without sound where there is no microphone, and says so', async () => {
    refuse = ({ audio }) => (audio ? refusal('NotFoundError') : null);
    const recorder = await live();
    expect(recorder.current()).toMatchObject({ phase: 'live', note: 'There will be no sound: no microphone was found.' });
  });

  it('explains a refusal, and can be asked again', async () => {
    refuse = () => refusal('NotAllowedError', 'Permission denied');
    const recorder = await live();
    expect(recorder.current()).toMatchObject({ phase: 'idle', problem: { title: 'Access to the camera was refused' } });
    refuse = () => null;
    await recorder.ask('camera');
    expect(recorder.current()).toMatchObject({ phase: 'live', problem: null });
  });

  it('does not ask twice when the question was closed', async () => {
    let asked = 0;
    refuse = () => refusal('NotAllowedError', `Permission dismissed ${(asked += 1)}`);
    const recorder = await live();
    expect(asked).toBe(1);
    expect(recorder.current().problem?.title).toMatch(/not decided/);
  });

  it('closes what opens after it was called off', async () => {
    const recorder = new Recorder();
    const asking = recorder.ask('camera');
    recorder.close();
    await asking;
    expect(recorder.current().phase).toBe('idle');
    expect(opened.every(({ readyState }) => readyState === 'ended')).toBe(true);
  });

  it('does not take an empty recording for a take', async () => {
    const recorder = await live();
    bytes = 0;
    recorder.start();
    recorder.stop();
    expect(recorder.current()).toMatchObject({ phase: 'idle', problem: { title: 'Nothing was recorded' } });
  });

  it('lets go of the take that a new one replaces', async () => {
    const recorder = await live();
    recorder.start();
    recorder.stop();
    await recorder.ask('camera');
    expect(recorder.current()).toMatchObject({ phase: 'live', take: null });
    recorder.start();
    recorder.close();
    expect(recorder.current()).toMatchObject({ phase: 'idle', take: null });
    expect(writers.map(({ state }) => state)).toEqual(['inactive', 'inactive']);
  });
});

describe('a refusal', () => {
  it.each([
    ['NotAllowedError', 'Permission denied', /refused/],
    ['NotAllowedError', 'Permission denied by system', /system/],
    ['NotFoundError', '', /No camera was found/],
    ['NotReadableError', '', /Another program/],
    ['OverconstrainedError', '', /not there any more/],
    ['SecurityError', '', /secure/],
    ['TypeError', 'odd', /could not open/],
  ])('of kind %s (%s) has words of its own, and advice', (name, message, title) => {
    const problem = explain(refusal(name, message), 'camera');
    expect(problem.title).toMatch(title);
    expect(problem.message.length).toBeGreaterThan(2);
  });

  it('of a screen is no matter of settings', () => {
    expect(explain(refusal('NotAllowedError'), 'screen').title).toBe('No screen was shared');
  });
});

describe('a recording', () => {
  it('is written as the first type that the browser can write', () => {
    expect(recordingType(() => true)).toBe('video/mp4;codecs=avc1.42E01E,mp4a.40.2');
    expect(recordingType((type) => type.includes('vp8'))).toBe('video/webm;codecs=vp8,opus');
    expect(recordingType(() => false)).toBeUndefined();
  });

  it('has a name and a plain type as a file', () => {
    const at = new Date(2026, 10, 21, 9, 7);
    const file = recordingFile(new Blob(['x'], { type: 'video/webm;codecs=vp9,opus' }), at);
    expect([file.name, file.type]).toEqual(['recording-2026-11-21-0907.webm', 'video/webm']);
    expect(recordingName('video/mp4;codecs=avc1', at)).toBe('recording-2026-11-21-0907.mp4');
  });

  it.each([
    [640_000, '640\u00a0kB'],
    [2_340_000, '2.3\u00a0MB'],
    [1_500_000_000, '1.5\u00a0GB'],
  ])('of %i bytes reads as %s', (bytes, text) => expect(size(bytes)).toBe(text));
});

describe('the stopwatch', () => {
  it('counts what it ran and nothing else, whatever is pressed', () => {
    const press = fc.record({ after: fc.nat(60_000), going: fc.boolean() });
    fc.assert(
      fc.property(fc.array(press), (presses) => {
        let now = 0;
        let watch = STOPPED;
        let ran = 0;
        let going = false;
        for (const { after, going: next } of presses) {
          now += after;
          if (going) ran += after;
          watch = next ? run(watch, now) : halt(watch, now);
          going = next;
        }
        expect(elapsed(watch, now)).toBe(ran);
      }),
    );
  });
});

describe('the level', () => {
  it('is 0 for silence, 1 at full scale, and between for all else', () => {
    expect(levelOf(new Float32Array(64))).toBe(0);
    expect(levelOf(Float32Array.from({ length: 64 }, (_, i) => (i % 2 ? 1 : -1)))).toBe(1);
    const samples = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(samples, (values) => {
        const level = levelOf(values);
        expect(level).toBeGreaterThanOrEqual(0);
        expect(level).toBeLessThanOrEqual(1);
        expect(levelOf(values.map((value) => value / 2))).toBeLessThanOrEqual(level);
      }),
    );
  });
});
