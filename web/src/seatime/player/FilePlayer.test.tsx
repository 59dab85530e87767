import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { createRef, useState } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CaptionFile } from '../api/types';
import { FilePlayer } from './FilePlayer';
import type { PlayerElement } from './handover';

const fetched: string[] = [];
let made = 0;
const revoked: string[] = [];

beforeEach(() => {
  fetched.length = 0;
  revoked.length = 0;
  vi.stubGlobal('fetch', async (url: string) => {
    fetched.push(url);
    return new Response('WEBVTT', { status: url.includes('gone') ? 403 : 200 });
  });
  Object.assign(URL, {
    createObjectURL: () => `blob:${(made += 1)}`,
    revokeObjectURL: (url: string) => revoked.push(url),
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const captions = (...names: string[]): CaptionFile[] =>
  names.map((name) => ({ languageCode: 'en', name, url: `http://s3.example.org/${name}.vtt?signature=${(made += 1)}` }));

const Player = ({ files }: { files: CaptionFile[] }) => {
  const [media, setMedia] = useState<PlayerElement | null>(null);
  return (
    <FilePlayer
      source={{ kind: 'file', src: 'http://s3.example.org/v.mp4', poster: undefined, captions: files }}
      media={media}
      still={createRef()}
      marked={false}
      className=""
      title="Knots"
      startAt={0}
      attach={setMedia}
      onTimeUpdate={() => undefined}
      onEnded={undefined}
      onError={() => undefined}
    />
  );
};
const tracks = () => [...document.querySelectorAll('track')];
const shown = async (files: CaptionFile[]) => {
  const view = render(<Player files={files} />);
  await act(async () => undefined);
  return view;
};

describe('the captions of a file', () => {
  it('are tracks of the video', async () => {
    await shown(captions('English', 'Plain'));
    await vi.waitFor(() => expect(tracks().map(({ label }) => label)).toEqual(['English', 'Plain']));
    expect(tracks().map(({ srclang, kind }) => [srclang, kind])).toEqual([['en', 'subtitles'], ['en', 'subtitles']]);
  });

  it('are fetched once, whatever grants come after', async () => {
    const { rerender } = await shown(captions('English'));
    await vi.waitFor(() => expect(tracks()).toHaveLength(1));
    const [before] = tracks();
    rerender(<Player files={captions('English')} />);
    await act(async () => undefined);
    expect(fetched).toHaveLength(1);
    expect(tracks()[0]).toBe(before);
  });

  it('are there where another file can’t be read, and are let go of at the end', async () => {
    const { unmount } = await shown(captions('gone', 'English'));
    await vi.waitFor(() => expect(tracks().map(({ label }) => label)).toEqual(['English']));
    const [track] = tracks();
    unmount();
    expect(revoked).toEqual([track?.getAttribute('src')]);
  });
});

describe('the speed menu', () => {
  it('sets the speed, and follows what sets it elsewhere', async () => {
    await shown([]);
    const video = screen.getByLabelText<HTMLVideoElement>('Knots');
    const menu = screen.getByLabelText<HTMLSelectElement>('Speed');
    fireEvent.change(menu, { target: { value: '1.5' } });
    expect(video.playbackRate).toBe(1.5);
    video.playbackRate = 1.1;
    fireEvent(video, new Event('ratechange'));
    expect(menu.value).toBe('1.1');
  });
});
