/**
 * One player for every lesson: Mux's for Mux, the browser's own for files. It plays on under a refreshed grant, and
 * says in words why it doesn't play.
 */
import { useMemo } from 'react';
import type { PlaybackGrant } from '../api/types';
import type { DroppedBeats } from '../watch/outbox';
import type { SeekLimit } from './frontier';
import type { PlayerHandle } from './handle';
import { PlayerMessage } from './PlayerMessage';
import { isElsewhere } from './policy';
import { Screen } from './Screen';
import { sourceOf } from './source';
import { TakeOver } from './TakeOver';
import { usePlayback } from './usePlayback';

export interface UnifiedVideoPlayerProps {
  lesson: { id: string; title?: string };
  viewerId?: string;
  /** Seconds, as the element's clock moves. */
  onProgress?: (position: number) => void;
  onEnded?: () => void;
  /** Beats were taken by the server; the lesson's progress is about to change. */
  onAccepted?: () => void;
  /** Watching that will never be counted, and why. Where nobody listens, the console says so. */
  onDropped?: (dropped: DroppedBeats) => void;
  /** This browser keeps nothing on disk: what was watched offline is lost where the page is closed before it is online. */
  onVolatile?: () => void;
  /** The player as it stands, for what stands beside it (`<Transcript>`); null when there is none. */
  onPlayer?: (player: PlayerHandle | null) => void;
}

export const UnifiedVideoPlayer = (props: UnifiedVideoPlayerProps) => {
  const { playback, refresh, retry, takeOver } = usePlayback(props.lesson.id);
  if (playback.phase === 'loading') return <PlayerMessage title="Loading the video…" busy />;
  if (playback.phase === 'blocked') {
    const { title, message, reason, retryInMs } = playback.block;
    if (isElsewhere(reason)) return <TakeOver key={reason} block={playback.block} onTakeOver={takeOver} />;
    const patient = retryInMs !== null && (reason === 'processing' || reason === 'busy');
    return (
      <PlayerMessage
        title={title}
        message={message}
        reason={reason}
        busy={patient}
        onRetry={retryInMs === null ? retry : undefined}
      />
    );
  }
  return (
    <Granted
      {...props}
      key={props.lesson.id}
      grant={playback.grant}
      startAt={playback.startAt}
      seekLimit={playback.seekLimit}
      onFailed={refresh}
      onRetry={retry}
    />
  );
};

interface GrantedProps extends UnifiedVideoPlayerProps {
  grant: PlaybackGrant;
  startAt: number;
  seekLimit: SeekLimit | null;
  onFailed: () => void;
  onRetry: () => void;
}

const Granted = ({ grant, ...props }: GrantedProps) => {
  const source = useMemo(() => sourceOf(grant), [grant]);
  if (source === null) return <PlayerMessage title="This video can’t be played" onRetry={props.onRetry} />;
  return <Screen {...props} source={source} grant={grant.watchGrant} watermark={grant.watermark ?? null} />;
};
