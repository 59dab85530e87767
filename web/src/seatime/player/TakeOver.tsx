import { useEffect, useId, useRef } from 'react';
import type { Block } from './policy';
import styles from './player.module.css';

interface TakeOverProps {
  block: Block;
  onTakeOver: () => void;
}

/** Why it doesn't play here (any more), and the way to have it here. */
export const TakeOver = ({ block, onTakeOver }: TakeOverProps) => {
  const title = useId();
  const text = useId();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus({ preventScroll: true }), []);
  return (
    <div className={styles.frame} role="alertdialog" aria-labelledby={title} aria-describedby={text} data-reason={block.reason}>
      <div className={styles.message}>
        <strong id={title}>{block.title}</strong>
        <p id={text}>{block.message}</p>
        <button ref={button} type="button" className={styles.retry} onClick={onTakeOver}>
          Continue here
        </button>
      </div>
    </div>
  );
};
