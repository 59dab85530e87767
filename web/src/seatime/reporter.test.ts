import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { components } from './api/generated/progress';
import { reportWatching } from './reporter';

type Report = components['schemas']['ProgressIn'];

/** What plays here is neither video nor audio: only its clock and its events are an element's. */
class Lecture extends EventTarget {
  currentTime = 0;
  paused = true;
  ended = false;
  readyState = 4;
  playbackRate = 1;

  play(seconds: number): void {
    this.paused = false;
    this.dispatchEvent(new Event('playing'));
    for (let i = 0; i < seconds * 4; i += 1) {
      now += 250;
      this.currentTime += 0.25;
      this.dispatchEvent(new Event('timeupdate'));
    }
    this.paused = true;
    this.dispatchEvent(new Event('pause'));
  }
}

let now = 1_800_000_000_000;
const reports: { url: string; body: Report }[] = [];

beforeEach(() => {
  reports.length = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => now);
  vi.stubGlobal('fetch', async (url: string, { body }: { body: string }) => {
    reports.push({ url, body: JSON.parse(body) as Report });
    return Response.json({ accepted: 1, lastSeq: 1 }, { status: 202 });
  });
});
afterEach(() => vi.unstubAllGlobals());

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000 });
const segments = (grant: string) =>
  reports.filter(({ body }) => body.grant === grant).flatMap(({ body }) => body.beats.flatMap((beat) => beat.watched_segments));

it('reports what anything with a media clock plays, to where it is told, until it is stopped', async () => {
  const lecture = new Lecture();
  const onAccepted = vi.fn();
  const watching = reportWatching(lecture, 'first', { baseUrl: 'https://video.example.org', player: 'slides', onAccepted });
  lecture.play(3);
  await eventually(() => expect(segments('first')).toEqual([[0, 3]]));
  expect(reports[0]?.url).toBe('https://video.example.org/api/progress');
  expect(reports[0]?.body.beats[0]).toMatchObject({ player: 'slides' });
  expect(onAccepted).toHaveBeenCalled();

  watching.useGrant('second');
  lecture.play(2);
  await eventually(() => expect(segments('second')).toEqual([[3, 5]]));

  watching.stop();
  const told = reports.length;
  lecture.play(2);
  await new Promise((resolve) => setTimeout(resolve));
  expect(reports).toHaveLength(told);
});
