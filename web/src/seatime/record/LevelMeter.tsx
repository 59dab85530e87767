import { useEffect, useRef, useState } from 'react';
import { SILENCE, levelOf } from './level';
import styles from './record.module.css';

const READ_MS = 80;
const SILENT_AFTER_MS = 4_000;
/** Meters fall slowly, so that a word is seen and not a flicker. */
const FALL = 0.85;

/** Shows that the microphone hears something, and says so when it does not. */
export const LevelMeter = ({ stream }: { stream: MediaStream }) => {
  const meter = useRef<HTMLDivElement>(null);
  const [silent, setSilent] = useState(false);

  useEffect(() => {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let shown = 0;
    let heardAt = performance.now();
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const level = levelOf(samples);
      shown = Math.max(level, shown * FALL);
      if (level > SILENCE) heardAt = performance.now();
      setSilent(performance.now() - heardAt > SILENT_AFTER_MS);
      meter.current?.style.setProperty('--level', shown.toFixed(3));
      meter.current?.setAttribute('aria-valuenow', String(Math.round(shown * 100)));
    }, READ_MS);
    return () => {
      clearInterval(timer);
      void context.close();
    };
  }, [stream]);

  return (
    <div className={styles.sound}>
      <span aria-hidden="true">Sound</span>
      <div
        ref={meter}
        className={styles.meter}
        role="meter"
        aria-label="Sound level"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={0}
        data-testid="level"
      />
      <span role="status" className={styles.silent}>
        {silent ? 'Nothing is heard. Is the microphone muted, or the wrong one?' : ''}
      </span>
    </div>
  );
};
