/** Opens camera or screen, with a microphone where there is one. Whatever was opened is in `close`'s hands. */
import { INSECURE, NO_SCREEN, NO_SOUND, UNSUPPORTED, explain, type Problem, type Wanted } from './refusals';

export type Source = 'camera' | 'screen';

export interface Devices {
  /** Device ids; undefined leaves the choice to the browser. */
  camera?: string | undefined;
  /** Null records without. */
  microphone?: string | null | undefined;
}

export interface Capture {
  /** What is recorded. */
  stream: MediaStream;
  /** Whose ending means something: the camera's or screen's, the microphone's. */
  video: MediaStreamTrack;
  microphone: MediaStreamTrack | null;
  /** What is missing, in words, though there is something to record. */
  note: string | null;
  close: () => void;
}

export class CaptureRefused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
  }
}

const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const SCREEN = { frameRate: { ideal: 30 } };

const exactly = (id: string | undefined): { deviceId?: { exact: string } } => (id ? { deviceId: { exact: id } } : {});

const refusingAs = async <T>(wanted: Wanted, opening: Promise<T>): Promise<T> => {
  try {
    return await opening;
  } catch (error) {
    throw new CaptureRefused(explain(error, wanted));
  }
};

/** Raises CaptureRefused; nothing stays open then. */
export const capture = async (source: Source, devices: Devices): Promise<Capture> => {
  const media = navigator.mediaDevices as MediaDevices | undefined;
  if (typeof MediaRecorder === 'undefined') throw new CaptureRefused(UNSUPPORTED);
  if (media === undefined) throw new CaptureRefused(window.isSecureContext ? UNSUPPORTED : INSECURE);
  return source === 'screen' ? fromScreen(media, devices) : fromCamera(media, devices);
};

const fromCamera = async (media: MediaDevices, devices: Devices): Promise<Capture> => {
  const video = { ...CAMERA, ...exactly(devices.camera) };
  const alone = () => refusingAs('camera', media.getUserMedia({ video }));
  if (devices.microphone === null) return whole(await alone(), null, null);
  const audio = exactly(devices.microphone);
  try {
    // One question for both, not two.
    const both = await media.getUserMedia({ video, audio });
    return whole(both, both, null);
  } catch (error) {
    if (isUndecided(error)) throw new CaptureRefused(explain(error, 'camera'));
    // Which of the two it was shows only by asking for the camera by itself.
    const camera = await alone();
    return whole(camera, null, NO_SOUND + sentence(explain(error, 'microphone').title));
  }
};

const fromScreen = async (media: MediaDevices, devices: Devices): Promise<Capture> => {
  if (!('getDisplayMedia' in media)) throw new CaptureRefused(NO_SCREEN);
  const screen = await refusingAs('screen', media.getDisplayMedia({ video: SCREEN, audio: true }));
  if (devices.microphone === null) return whole(screen, null, null);
  try {
    return whole(screen, await media.getUserMedia({ audio: exactly(devices.microphone) }), null);
  } catch (error) {
    const why = sentence(explain(error, 'microphone').title);
    return whole(screen, null, screen.getAudioTracks().length > 0 ? `Your voice is missing: ${why}` : NO_SOUND + why);
  }
};

const whole = (picture: MediaStream, voice: MediaStream | null, note: string | null): Capture => {
  const video = picture.getVideoTracks()[0];
  if (video === undefined) throw new CaptureRefused(explain(new Error('It shows no picture.'), 'camera'));
  const own = voice === picture ? [] : picture.getAudioTracks();
  const microphone = voice?.getAudioTracks()[0] ?? null;
  const mixing = own.length > 0 && microphone !== null ? mixed([...own, microphone]) : null;
  const sound = mixing?.tracks ?? [...own, ...(microphone ? [microphone] : [])];
  return {
    stream: new MediaStream([video, ...sound]),
    video,
    microphone,
    note,
    close: () => {
      for (const track of [video, ...own, ...sound, ...(microphone ? [microphone] : [])]) track.stop();
      mixing?.end();
    },
  };
};

/** A recorder writes one audio track only, so the screen's sound and the voice become one. */
const mixed = (tracks: MediaStreamTrack[]): { tracks: MediaStreamTrack[]; end: () => void } => {
  const context = new AudioContext();
  const output = context.createMediaStreamDestination();
  for (const track of tracks) context.createMediaStreamSource(new MediaStream([track])).connect(output);
  return { tracks: output.stream.getAudioTracks(), end: () => void context.close() };
};

/** Who closed the question unanswered must not be asked again at once. */
const isUndecided = (error: unknown): boolean => /dismissed/i.test(String(error));

const sentence = (title: string): string => `${title.charAt(0).toLowerCase()}${title.slice(1)}.`;
