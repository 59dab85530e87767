/** The element that plays, whatever it is, with what goes on round it: reporting, hand-over, and trouble. */
import { useCallback, useEffect, useId, useState } from 'react';
import { useWatchReporter } from '../watch/useWatchReporter';
import { FilePlayer } from './FilePlayer';
import type { SeekLimit } from './frontier';
import type { PlayerElement } from './handover';
import { PlayerMessage } from './PlayerMessage';
import { SeekNotice } from './SeekNotice';
import { StreamPlayer } from './StreamPlayer';
import type { PlayerSource } from './source';
import type { UnifiedVideoPlayerProps } from './UnifiedVideoPlayer';
import { useSeekLock } from './useSeekLock';
import { useSource } from './useSource';
import styles from './player.module.css';

interface ScreenProps extends UnifiedVideoPlayerProps {
  /** The newest; what the element has may be older. */
  source: PlayerSource;
  grant: string | null;
  /** Written over the picture, in full screen too. */
  watermark: string | null;
  startAt: number;
  /** How far a seek may lead; null for anywhere. */
  seekLimit: SeekLimit | null;
  onFailed: () => void;
  onRetry: () => void;
}

/** What every element is told alike. */
export interface ElementProps {
  className: string | undefined;
  title: string;
  startAt: number;
  attach: (element: PlayerElement | null) => void;
  onTimeUpdate: () => void;
  onEnded: (() => void) | undefined;
  onError: () => void;
}

export const Screen = ({ source, grant, watermark, startAt, seekLimit, onFailed, onRetry, ...props }: ScreenProps) => {
  const frame = useId();
  const [media, setMedia] = useState<PlayerElement | null>(null);
  const resumeAt = seekLimit === null ? startAt : Math.min(startAt, seekLimit.frontier);
  const { shown, state, fail, works, still } = useSource(media, source, resumeAt, onFailed);
  useWatchReporter(media, grant, { onAccepted: props.onAccepted, onDropped: props.onDropped, onVolatile: props.onVolatile });
  const turnedBackTo = useSeekLock(media, seekLimit);

  const { onPlayer } = props;
  useEffect(() => {
    if (media === null || onPlayer === undefined) return undefined;
    onPlayer({ media, source });
    return () => onPlayer(null);
  }, [media, source, onPlayer]);

  const attach = useCallback((element: PlayerElement | null) => setMedia(element), []);
  const follow = () => {
    if (media === null) return;
    if (!media.paused) works();
    props.onProgress?.(media.currentTime);
  };
  if (state === 'given-up') {
    return (
      <PlayerMessage
        title="Video temporarily unavailable"
        message="It stopped several times in a row. Your place is kept."
        reason="failed"
        onRetry={onRetry}
      />
    );
  }
  const element: ElementProps = {
    className: styles.player,
    title: props.lesson.title ?? '',
    startAt: shown.startAt,
    attach,
    onTimeUpdate: follow,
    onEnded: props.onEnded,
    onError: fail,
  };
  return (
    <div id={frame} className={styles.frame} data-state={state}>
      {shown.source.kind === 'file' ? (
        <FilePlayer key={shown.generation} {...element} source={shown.source} media={media} still={still} marked={watermark !== null} />
      ) : (
        <StreamPlayer
          key={shown.generation}
          {...element}
          source={shown.source}
          newest={source}
          config={shown.renewal?.config}
          fullscreen={frame}
          metadata={{ video_id: props.lesson.id, video_title: element.title, viewer_user_id: props.viewerId }}
        />
      )}
      {watermark !== null && (
        <span className={styles.watermark} aria-hidden="true" data-testid="watermark">
          {watermark}
        </span>
      )}
      {seekLimit !== null && <SeekNotice turnedBackTo={turnedBackTo} />}
      {state === 'recovering' && <PlayerMessage title="One moment…" message="The video goes on by itself." busy over />}
    </div>
  );
};
