/** Mux's player, in a chunk of its own that only a page with a stream loads. */
import { Suspense, lazy, useCallback, useState } from 'react';
import type { HlsConfig } from './loaders';
import type { PlayerElement } from './handover';
import { PlayerMessage } from './PlayerMessage';
import type { ElementProps } from './Screen';
import { SPEEDS } from './SpeedMenu';
import type { PlayerSource } from './source';

const MuxPlayer = lazy(() => import('@mux/mux-player-react'));

/** The light theme's in both: the player is dark in either, and writes in white on it. */
const ACCENT = '#3553d9';

type Stream = Extract<PlayerSource, { kind: 'mux' | 'hls' }>;

interface StreamPlayerProps extends ElementProps {
  source: Stream;
  /** Its storyboard is for thumbnails that are not fetched yet. */
  newest: PlayerSource;
  config: Partial<HlsConfig> | undefined;
  /** The id of what goes full screen: more than the player is to be seen there. It must stand in the page by then. */
  fullscreen: string;
  metadata: { video_id: string; video_title: string; viewer_user_id: string | undefined };
}

export const StreamPlayer = ({ source, newest, config, fullscreen, metadata, attach, ...element }: StreamPlayerProps) => {
  const [armed, setArmed] = useState(false);
  // The player loads as soon as it has a source, and must know by then what to load it with.
  const arm = useCallback(
    (found: unknown) => {
      const element = found as (PlayerElement & { _hlsConfig?: unknown }) | null;
      if (element !== null && config !== undefined) element._hlsConfig = config;
      setArmed(element !== null);
      attach(element);
    },
    [attach, config],
  );
  const { title, startAt, ...rest } = element;
  return (
    <Suspense fallback={<PlayerMessage title="Loading the player…" busy />}>
      <MuxPlayer
        {...rest}
        {...(armed ? { fullscreenElement: fullscreen, ...sourceProps(source, newest) } : {})}
        ref={arm}
        _hlsConfig={config as HlsConfig}
        startTime={startAt}
        streamType="on-demand"
        playbackRates={SPEEDS}
        videoTitle={title}
        metadata={metadata}
        accentColor={ACCENT}
        disableCookies
        // Mux Data is Mux's own business: without a key of ours, only videos on Mux's hosts report to it.
        disableTracking={source.kind === 'hls'}
      />
    </Suspense>
  );
};

const sourceProps = (source: Stream, newest: PlayerSource) => {
  if (source.kind === 'mux') {
    const storyboard = newest.kind === 'mux' ? newest.tokens.storyboard : undefined;
    return {
      playbackId: source.playbackId,
      tokens: storyboard === undefined ? source.tokens : { ...source.tokens, storyboard },
    };
  }
  const storyboardSrc = newest.kind === 'hls' ? newest.storyboard : source.storyboard;
  return {
    src: source.src,
    type: 'hls',
    poster: source.poster ?? '',
    ...(storyboardSrc === undefined ? {} : { storyboardSrc }),
  };
};
