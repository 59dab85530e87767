import { describe, expect, it, vi } from 'vitest';
import { rememberPlaying, restorePlaying, type PlayerElement } from './handover';

type Track = { language: string; label: string; kind: string; mode: string };
const RENDITIONS = [
  { height: 360, bitrate: 800_000 },
  { height: 720, bitrate: 2_400_000 },
];

/** What a learner may have set, as of an element that was just made. */
class Element extends EventTarget {
  currentTime = 0;
  paused = true;
  playbackRate = 1;
  volume = 1;
  muted = false;
  textTracks: Track[] = ['en', 'de'].map((language) => ({ language, label: language, kind: 'subtitles', mode: 'disabled' }));
  videoRenditions = Object.assign([...RENDITIONS], { selectedIndex: -1 });
  play = vi.fn(async () => {
    this.paused = false;
  });
}
const asPlayer = (element: Element) => element as unknown as PlayerElement;

const used = () => {
  const element = new Element();
  Object.assign(element, { currentTime: 42, paused: false, playbackRate: 1.5, volume: 0.3, muted: true });
  Object.assign(element.textTracks[1] ?? {}, { mode: 'showing' });
  element.videoRenditions.selectedIndex = 0;
  return element;
};

describe('an element that takes another’s place', () => {
  it('goes on as its learner had it: place, speed, sound, captions, quality, and playing', () => {
    const next = new Element();
    restorePlaying(asPlayer(next), rememberPlaying(asPlayer(used())));
    expect([next.volume, next.muted, next.currentTime]).toEqual([0.3, true, 0]);
    next.videoRenditions.reverse();
    next.dispatchEvent(new Event('canplay'));
    expect([next.currentTime, next.playbackRate, next.paused]).toEqual([42, 1.5, false]);
    expect(next.textTracks.map(({ mode }) => mode)).toEqual(['disabled', 'showing']);
    expect(next.videoRenditions[next.videoRenditions.selectedIndex]).toEqual(RENDITIONS[0]);
  });

  it('stays paused, and leaves to the player what nobody chose', () => {
    const next = new Element();
    restorePlaying(asPlayer(next), rememberPlaying(asPlayer(new Element())));
    next.dispatchEvent(new Event('canplay'));
    expect(next.play).not.toHaveBeenCalled();
    expect(next.videoRenditions.selectedIndex).toBe(-1);
    expect(next.textTracks.map(({ mode }) => mode)).toEqual(['disabled', 'disabled']);
  });

  it('is left alone where it was called off', () => {
    const next = new Element();
    restorePlaying(asPlayer(next), rememberPlaying(asPlayer(used())))();
    next.dispatchEvent(new Event('canplay'));
    expect(next.currentTime).toBe(0);
  });
});
