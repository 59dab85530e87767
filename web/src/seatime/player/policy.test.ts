import { describe, expect, it } from 'vitest';
import { ApiProblem } from '../api/problem';
import { blockFor, endsPlayback, mustBeginAnew } from './policy';

const problem = (status: number, details = {}, retryAfter?: number, slug = 'slug') =>
  new ApiProblem(status, slug, 'because', retryAfter, details);

describe('a refused grant', () => {
  it.each([
    [401, 'signed-out'],
    [403, 'no-access'],
    [404, 'not-found'],
  ])('with %i is final: %s', (status, reason) => {
    expect(blockFor(problem(status), 1, 0.5)).toMatchObject({ reason, retryInMs: null });
    expect(endsPlayback(problem(status))).toBe(true);
  });

  it('says what became of the right to watch', () => {
    expect(blockFor(problem(403, { reason: 'expired' }), 1, 0.5).message).toMatch(/has expired/);
  });

  it.each([
    ['lease-held', 'elsewhere', /Continue here, and it stops there/],
    ['lease-taken', 'taken-over', /it stopped here/],
    ['playback-restricted', 'no-access', /may not be played on this page/],
  ])('says of %s what it is, and ends playing', (slug, reason, words) => {
    const refused = problem(403, { reason: 'taken_over' }, undefined, slug);
    expect(blockFor(refused, 1, 0.5)).toMatchObject({ reason, retryInMs: null, message: expect.stringMatching(words) });
    expect(endsPlayback(refused)).toBe(true);
  });

  it('does not end playing when only the old grant is too old to go on from', () => {
    const refused = problem(403, { reason: 'expired' }, undefined, 'watch-grant-refused');
    expect(endsPlayback(refused)).toBe(false);
    expect(mustBeginAnew(refused)).toBe(true);
  });

  it('is asked for again while the video is processing', () => {
    const block = blockFor(problem(409, { processingStatus: 'processing' }), 1, 0.5);
    expect(block.reason).toBe('processing');
    expect(block.retryInMs).toBeGreaterThan(0);
  });

  it.each(['processing', 'pending'])('asks less and less often for a video that is %s, and not for ever', (processingStatus) => {
    const waits = Array.from({ length: 200 }, (_, i) => blockFor(problem(409, { processingStatus }), i + 1, 0.5).retryInMs);
    const asked = waits.filter((wait) => wait !== null);
    expect(asked).toEqual([...asked].sort((a, b) => a - b));
    expect(asked.length).toBeLessThanOrEqual(120);
    expect(Math.max(...asked)).toBeLessThanOrEqual(150_000);
    expect(waits.at(-1)).toBeNull();
  });

  it('says why a video was refused, and does not ask again', () => {
    expect(blockFor(problem(409, { processingStatus: 'error' }), 1, 0.5)).toMatchObject({
      reason: 'refused',
      retryInMs: null,
    });
  });

  it.each([0, 429, 500, 503])('with %i is tried again, no sooner than asked, and does not end playing', (status) => {
    const block = blockFor(problem(status, {}, 90_000), 1, 0.5);
    expect(block.reason).toBe('busy');
    expect(block.retryInMs).toBeGreaterThanOrEqual(90_000);
    expect(endsPlayback(problem(status))).toBe(false);
  });
});
