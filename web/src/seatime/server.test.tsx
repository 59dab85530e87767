// @vitest-environment node
import type { ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, it, vi } from 'vitest';

vi.stubGlobal('navigator', undefined); // newer ones of Node have one

it('has nothing in the whole package that takes a server for a browser', async () => {
  expect([typeof window, typeof document, typeof navigator]).toEqual(['undefined', 'undefined', 'undefined']);
  await Promise.all([import('./index'), import('./charts'), import('./reporter')]);
});

it('draws on a server what a browser goes on from', async () => {
  const { MuxVideoUploader, S3Uploader, SeatimeProvider, SmartUploader, UnifiedVideoPlayer, VideoRecorder, createSeatimeApi, useWatchReporter } =
    await import('./index');
  const api = createSeatimeApi({ token: () => null });
  const drawn = (component: ReactNode) => renderToString(<SeatimeProvider api={api}>{component}</SeatimeProvider>);
  const Own = () => {
    useWatchReporter(null, null);
    return <video />;
  };
  expect(drawn(<UnifiedVideoPlayer lesson={{ id: 'intro' }} />)).toContain('Loading the video');
  expect(drawn(<Own />)).toBe('<video></video>');
  for (const one of [<MuxVideoUploader lessonId="intro" />, <S3Uploader />, <SmartUploader />, <VideoRecorder lessonId="intro" />]) {
    expect(drawn(one)).not.toBe('');
  }
});
