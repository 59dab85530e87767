import { useEffect, useState } from 'react';
import type { PlayerElement } from './handover';
import styles from './player.module.css';

/** The same in every player. */
export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/** For a player whose own menu, if there is one, is hidden where nobody finds it. */
export const SpeedMenu = ({ media }: { media: PlayerElement }) => {
  const set = (chosen: number) => Object.assign(media, { playbackRate: chosen });
  const [rate, setRate] = useState(media.playbackRate);
  useEffect(() => {
    const follow = () => setRate(media.playbackRate);
    media.addEventListener('ratechange', follow);
    return () => media.removeEventListener('ratechange', follow);
  }, [media]);
  return (
    <select
      className={styles.speed}
      aria-label="Speed"
      title="Speed"
      value={rate}
      onChange={(event) => set(Number(event.target.value))}
    >
      {[...new Set([...SPEEDS, rate])].map((speed) => (
        <option key={speed} value={speed}>
          {speed}×
        </option>
      ))}
    </select>
  );
};
