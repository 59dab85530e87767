/**
 * One player for every lesson: Mux's for Mux, the browser's own for files. A refreshed grant
 * replaces the source of the same element, and the position, rate and playing go on as they were.
 */
import { Suspense, lazy, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { PlaybackGrant } from '../api/types';
import { useWatchReporter } from '../watch/useWatchReporter';
import { PlayerMessage } from './PlayerMessage';
import { sourceOf, type PlayerSource } from './source';
import { usePlayback } from './usePlayback';
import { isBufferedToEnd, rememberPlaying, restorePlaying, type PlayerElement, type Playing } from './handover';
import styles from './player.module.css';

const MuxPlayer = lazy(() => import('@mux/mux-player-react'));

export interface UnifiedVideoPlayerProps {
  lesson: { id: string; title?: string };
  viewerId?: string;
  /** Seconds, as the element's clock moves. */
  onProgress?: (position: number) => void;
  onEnded?: () => void;
  /** Beats were taken by the server; the lesson's progress is about to change. */
  onAccepted?: () => void;
}

export const UnifiedVideoPlayer = (props: UnifiedVideoPlayerProps) => {
  const { playback, refresh, retry } = usePlayback(props.lesson.id);
  if (playback.phase === 'loading') return <PlayerMessage title="Loading the video…" busy />;
  if (playback.phase === 'blocked') {
    const { title, message, reason, retryInMs } = playback.block;
    const patient = reason === 'processing' || reason === 'busy';
    const canRetry = retryInMs === null && reason !== 'signed-out';
    return (
      <PlayerMessage title={title} message={message} busy={patient} onRetry={canRetry ? retry : undefined} />
    );
  }
  return (
    <Granted
      {...props}
      key={props.lesson.id}
      grant={playback.grant}
      startAt={playback.startAt}
      onFailed={refresh}
      onRetry={retry}
    />
  );
};

interface GrantedProps extends UnifiedVideoPlayerProps {
  grant: PlaybackGrant;
  startAt: number;
  onFailed: () => void;
  onRetry: () => void;
}

const Granted = ({ grant, ...props }: GrantedProps) => {
  const source = useMemo(() => sourceOf(grant), [grant]);
  if (source === null) return <PlayerMessage title="This video can’t be played" onRetry={props.onRetry} />;
  return <Screen {...props} source={source} grant={grant.watchGrant} />;
};

interface ScreenProps extends Omit<GrantedProps, 'grant'> {
  source: PlayerSource;
  grant: string | null;
}

interface Shown {
  source: PlayerSource;
  startAt: number;
  /** What to carry over from the source before, if there was one. */
  playing: Playing | null;
  /** Counts reloads of an unchanged source, which only a new element makes. */
  generation: number;
}

const MAX_FAILURES = 3;

const Screen = ({ source, grant, startAt, onFailed, onRetry, ...props }: ScreenProps) => {
  const [media, setMedia] = useState<PlayerElement | null>(null);
  const [shown, setShown] = useState<Shown>({ source, startAt, playing: null, generation: 0 });
  const offered = useRef(source);
  const failures = useRef(0);
  const mustSwap = useRef(false);
  const [givenUp, setGivenUp] = useState(false);
  useWatchReporter(media, grant, props.onAccepted ? { onAccepted: props.onAccepted } : {});

  // A refreshed source is put in only if the old one will be asked for more: replacing shows.
  useEffect(() => {
    if (media === null || source === offered.current) return;
    offered.current = source;
    const same = sameSource(source, shown.source);
    if (!mustSwap.current && (same || isBufferedToEnd(media))) return;
    mustSwap.current = false;
    setShown({
      source,
      startAt: media.currentTime,
      playing: rememberPlaying(media),
      generation: shown.generation + (same ? 1 : 0),
    });
  }, [media, source, shown]);

  useLayoutEffect(
    () => (media !== null && shown.playing !== null ? restorePlaying(media, shown.playing) : undefined),
    [media, shown],
  );

  const attach = useCallback((element: unknown) => setMedia(element as PlayerElement | null), []);
  const fail = () => {
    failures.current += 1;
    if (failures.current > MAX_FAILURES) return setGivenUp(true);
    mustSwap.current = true;
    onFailed();
  };
  const follow = () => {
    if (media === null) return;
    if (!media.paused) failures.current = 0;
    props.onProgress?.(media.currentTime);
  };
  if (givenUp) {
    return <PlayerMessage title="Video temporarily unavailable" message="Please try again." onRetry={onRetry} />;
  }
  const common = { className: styles.player, onTimeUpdate: follow, onEnded: props.onEnded, onError: fail };
  const title = props.lesson.title ?? '';
  if (shown.source.kind === 'file') {
    return (
      <div className={styles.frame}>
        <video
          {...common}
          key={shown.generation}
          ref={attach}
          aria-label={title}
          src={shown.source.src}
          poster={shown.source.poster}
          controls
          playsInline
          preload="metadata"
          onLoadedMetadata={(event) => {
            if (event.currentTarget.currentTime < shown.startAt) event.currentTarget.currentTime = shown.startAt;
          }}
        />
      </div>
    );
  }
  return (
    <div className={styles.frame}>
      <Suspense fallback={<PlayerMessage title="Loading the player…" busy />}>
        <MuxPlayer
          {...common}
          {...muxProps(shown.source)}
          key={shown.generation}
          ref={attach}
          startTime={shown.startAt}
          streamType="on-demand"
          videoTitle={title}
          metadata={{ video_id: props.lesson.id, video_title: title, viewer_user_id: props.viewerId }}
          accentColor="var(--st-accent)"
        />
      </Suspense>
    </div>
  );
};

/** Mux Data is Mux's own business: without a key of ours, only videos on Mux's hosts report to it. */
const muxProps = (source: Extract<PlayerSource, { kind: 'mux' | 'hls' }>) =>
  source.kind === 'mux'
    ? { playbackId: source.playbackId, tokens: source.tokens, disableCookies: true }
    : {
        src: source.src,
        type: 'hls',
        poster: source.poster ?? '',
        disableTracking: true,
        disableCookies: true,
        ...(source.storyboard === undefined ? {} : { storyboardSrc: source.storyboard }),
      };

const sameSource = (a: PlayerSource, b: PlayerSource): boolean => JSON.stringify(a) === JSON.stringify(b);
