import { useEffect, useRef, useState } from 'react';
import { UnifiedVideoPlayer, seekTo, type LessonStatus, type PlayerHandle } from '../../../seatime';
import { Button } from '../../../seatime/ui/Button';
import styles from './author.module.css';

interface RulesPlayerProps {
  lesson: LessonStatus;
  cursor: number;
  onCursor: (seconds: number) => void;
}

/** Closer than this, player and cursor are at the same place. */
const SAME_S = 1.2;

/** The video above the line on which parts are drawn: each follows the other. Loaded when it is asked for. */
export const RulesPlayer = ({ lesson, cursor, onCursor }: RulesPlayerProps) => {
  const [shown, setShown] = useState(false);
  const [player, setPlayer] = useState<PlayerHandle | null>(null);
  const told = useRef<number>(undefined);

  useEffect(() => {
    if (player === null || told.current === cursor) return;
    if (Math.abs(player.media.currentTime - cursor) > SAME_S || player.media.paused) seekTo(player, cursor);
  }, [player, cursor]);

  if (!shown) {
    return (
      <div>
        <Button small onClick={() => setShown(true)}>
          Show the video
        </Button>
      </div>
    );
  }
  return (
    <div className={styles.player}>
      <UnifiedVideoPlayer
        lesson={lesson}
        onPlayer={setPlayer}
        onProgress={(position) => {
          if (player === null || player.media.paused) return;
          told.current = Math.round(position);
          onCursor(told.current);
        }}
      />
    </div>
  );
};
