import { describe, expect, it } from 'vitest';
import type { PlaybackGrant } from '../api/types';
import { resumeAt, sourceOf } from './source';

const grant = (more: Partial<PlaybackGrant>): PlaybackGrant => ({
  provider: 'mux',
  playbackId: null,
  videoUrl: null,
  signedUrl: null,
  tokens: null,
  poster: null,
  storyboard: null,
  captions: [],
  duration: null,
  expiresAt: '2026-11-20T12:00:00Z',
  refreshAfter: 2880,
  watchGrant: 'w',
  sessionId: '5b8a4c1e-0000-4000-8000-000000000001',
  watermark: null,
  leaseUntil: null,
  seekLock: null,
  ...more,
});
const tokens = { playback: 'p', thumbnail: 't', storyboard: 's', gif: 'g' };

describe('the source of a grant', () => {
  it('is a playback id with its tokens on Mux’s own host', () => {
    const signedUrl = 'https://stream.mux.com/abc.m3u8?token=p';
    expect(sourceOf(grant({ playbackId: 'abc', signedUrl, tokens }))).toEqual({ kind: 'mux', playbackId: 'abc', tokens });
  });

  it('is the URL itself on any other host, with its poster and storyboard', () => {
    const signedUrl = 'http://127.0.0.1:9000/abc.m3u8?token=p';
    const poster = 'http://127.0.0.1:9001/abc/thumbnail.webp?token=t';
    const storyboard = 'http://127.0.0.1:9001/abc/storyboard.vtt?token=s';
    expect(sourceOf(grant({ playbackId: 'abc', signedUrl, tokens, poster, storyboard }))).toEqual({
      kind: 'hls',
      src: signedUrl,
      poster,
      storyboard,
    });
  });

  it('is a plain file for S3', () => {
    const videoUrl = 'http://s3.example.org/v.mp4?X-Amz-Signature=1';
    expect(sourceOf(grant({ provider: 's3', videoUrl }))).toEqual({ kind: 'file', src: videoUrl, poster: undefined, captions: [] });
  });

  it('is a stream for S3 too, where it is one', () => {
    const signedUrl = 'https://s3.example.org/v/MAIN.M3U8?X-Amz-Signature=1.mp4';
    expect(sourceOf(grant({ provider: 's3', playbackId: 'left over', signedUrl }))).toMatchObject({ kind: 'hls', src: signedUrl });
  });

  it('prefers the signed URL of a file', () => {
    const both = grant({ provider: 's3', videoUrl: 'http://a/v.mp4', signedUrl: 'http://a/v.mp4?signed' });
    expect(sourceOf(both)).toMatchObject({ src: 'http://a/v.mp4?signed' });
  });

  it('is nothing where the grant names nothing', () => {
    expect(sourceOf(grant({}))).toBeNull();
    expect(sourceOf(grant({ provider: 's3' }))).toBeNull();
  });
});

describe('resuming', () => {
  it.each([
    [12.5, 60, 12.5],
    [59.5, 60, 0],
    [0, 60, 0],
    [null, 60, 0],
    [undefined, null, 0],
    [12.5, null, 12.5],
    [Number.NaN, 60, 0],
  ])('at %s of %s starts at %s', (resume, duration, start) => expect(resumeAt(resume, duration)).toBe(start));
});
