/** Keeps an element from being sought beyond the frontier, whatever plays in it and whatever moved it. */
import { useEffect, useRef, useState } from 'react';
import { Frontier, type SeekLimit } from './frontier';
import type { PlayerElement } from './handover';

const HAVE_FUTURE_DATA = 3;
const SAID_FOR_MS = 8_000;

const place = (media: PlayerElement, seconds: number): void => {
  media.currentTime = seconds;
};

/** Where the last seek was turned back to (seconds), for as long as that is to be said; else null. */
export const useSeekLock = (media: PlayerElement | null, limit: SeekLimit | null): number | null => {
  const [turnedBack, setTurnedBack] = useState<{ to: number } | null>(null);
  const frontier = useRef<Frontier | null>(null);
  const check = useRef<() => void>(() => undefined);
  const locked = limit !== null;

  useEffect(() => {
    if (limit === null) frontier.current = null;
    else if (frontier.current === null) frontier.current = new Frontier(limit);
    else frontier.current.know(limit);
    check.current();
  }, [limit]);

  useEffect(() => {
    if (media === null || !locked) return undefined;
    let seeking = false;
    const turnBack = () => {
      const known = frontier.current;
      if (known === null || seeking || !known.isBefore(media.currentTime)) return;
      known.rest();
      place(media, known.seconds);
      setTurnedBack({ to: known.seconds });
    };
    const rest = () => frontier.current?.rest();
    const follow = () => {
      const { paused, ended, readyState, currentTime: position, playbackRate: rate } = media;
      if (seeking) return;
      if (!paused && !ended && readyState >= HAVE_FUTURE_DATA) frontier.current?.play({ position, at: Date.now(), rate });
      turnBack();
    };
    // Turned back when the seek has ended: Chromium may never end one that is changed while it is under way.
    const onSeeking = () => {
      seeking = true;
      rest();
    };
    const onSeeked = () => {
      seeking = false;
      follow();
    };
    const heard: Record<string, () => void> = {
      seeking: onSeeking,
      seeked: onSeeked,
      playing: follow,
      timeupdate: follow,
      ratechange: follow,
      canplay: turnBack,
      pause: () => {
        follow();
        rest();
      },
      waiting: rest,
      emptied: () => {
        seeking = false;
        rest();
      },
    };
    for (const [type, listener] of Object.entries(heard)) media.addEventListener(type, listener);
    check.current = turnBack;
    turnBack();
    return () => {
      check.current = () => undefined;
      for (const [type, listener] of Object.entries(heard)) media.removeEventListener(type, listener);
    };
  }, [media, locked]);

  useEffect(() => {
    if (turnedBack === null) return undefined;
    const timer = setTimeout(() => setTurnedBack(null), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [turnedBack]);

  return locked ? (turnedBack?.to ?? null) : null;
};
