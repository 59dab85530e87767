/**
 * A video's length as a line on which parts are drawn: dragged with a pointer, or marked with keys. A cursor stands on
 * it; Enter begins a part there and ends it where the cursor is by then. Both edges of a part are sliders.
 */
import { useId, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import controls from '../controls.module.css';
import { clock } from '../format';
import { ticksUpTo } from '../views/retention';
import { drawn, keyed, moved, snap, without, type Edge, type Segment } from './segments';
import styles from './timeline.module.css';

export interface SegmentTimelineProps {
  segments: readonly Segment[];
  /** Seconds. */
  duration: number;
  onChange: (segments: readonly Segment[]) => void;
  /** Where the cursor stands, in seconds: a player beside it may follow. */
  cursor: number;
  onCursor: (seconds: number) => void;
}

/** What a pointer holds: a part that is being drawn, or an edge. */
type Held = { kind: 'draw'; from: number; to: number } | { kind: 'edge'; index: number; edge: Edge };

export const SegmentTimeline = ({ segments, duration, onChange, cursor, onCursor }: SegmentTimelineProps) => {
  const track = useRef<HTMLDivElement>(null);
  const help = useId();
  const [held, setHeld] = useState<Held | null>(null);
  const [mark, setMark] = useState<number | null>(null);
  const [said, setSaid] = useState('');
  const share = (at: number): string => `${(Math.min(at, duration) / duration) * 100}%`;

  const placeOf = (event: PointerEvent): number => {
    const box = track.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return 0;
    return snap(((event.clientX - box.left) / box.width) * duration, duration);
  };

  const press = (event: PointerEvent, next: Held) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    track.current?.setPointerCapture(event.pointerId);
    setHeld(next);
  };

  const drag = (event: PointerEvent) => {
    if (held === null) return;
    const at = placeOf(event);
    if (held.kind === 'draw') setHeld({ ...held, to: at });
    else onChange(moved(segments, held.index, held.edge, at, duration));
    onCursor(at);
  };

  const release = () => {
    if (held?.kind === 'draw' && held.from !== held.to) onChange(drawn(segments, held.from, held.to, duration));
    setHeld(null);
  };

  const onCursorKey = (event: KeyboardEvent) => {
    const to = keyed(event.key, event.shiftKey, cursor, duration);
    if (to !== null) onCursor(to);
    else if (event.key === 'Enter' || event.key === ' ') markHere();
    else if (event.key === 'Escape' && mark !== null) {
      setMark(null);
      setSaid('The part was given up.');
    } else return;
    event.preventDefault();
  };

  const markHere = () => {
    if (mark === null) {
      setMark(cursor);
      setSaid(`A part begins at ${clock(cursor)}. Move on, and press Enter at its end.`);
      return;
    }
    const after = drawn(segments, mark, cursor, duration);
    setMark(null);
    setSaid(
      after.length === segments.length && mark === cursor
        ? 'Nothing was drawn: a part ends later than it begins.'
        : `Required: ${clock(Math.min(mark, cursor))} to ${clock(Math.max(mark, cursor))}.`,
    );
    onChange(after);
  };

  const onEdgeKey = (event: KeyboardEvent, index: number, edge: Edge) => {
    const at = segments[index]?.[edge === 'from' ? 0 : 1] ?? 0;
    const to = keyed(event.key, event.shiftKey, at, duration);
    if (to !== null) onChange(moved(segments, index, edge, to, duration));
    else if (event.key === 'Delete' || event.key === 'Backspace') {
      onChange(without(segments, index));
      setSaid(`Part ${index + 1} was removed.`);
    } else return;
    event.preventDefault();
  };

  const draft = held?.kind === 'draw' ? [held.from, held.to] : mark === null ? null : [mark, cursor];
  return (
    <div className={styles.timeline} data-testid="segment-timeline">
      <div
        ref={track}
        className={styles.track}
        onPointerDown={(event) => {
          const at = placeOf(event);
          onCursor(at);
          press(event, { kind: 'draw', from: at, to: at });
        }}
        onPointerMove={drag}
        onPointerUp={release}
        onPointerCancel={() => setHeld(null)}
      >
        {segments.map(([from, to], index) => (
          <span
            key={index}
            className={styles.segment}
            style={{ left: share(from), width: `${((to - from) / duration) * 100}%` }}
            data-testid="segment"
          >
            {(['from', 'to'] as const).map((edge) => (
              <span
                key={edge}
                role="slider"
                tabIndex={0}
                className={styles.edge}
                data-edge={edge}
                aria-label={`Part ${index + 1}: ${edge === 'from' ? 'begins' : 'ends'}`}
                aria-valuemin={0}
                aria-valuemax={duration}
                aria-valuenow={edge === 'from' ? from : to}
                aria-valuetext={clock(edge === 'from' ? from : to)}
                onPointerDown={(event) => press(event, { kind: 'edge', index, edge })}
                onKeyDown={(event) => onEdgeKey(event, index, edge)}
              />
            ))}
          </span>
        ))}
        {draft !== null && (
          <span
            className={styles.draft}
            style={{
              left: share(Math.min(...draft)),
              width: `${((Math.max(...draft) - Math.min(...draft)) / duration) * 100}%`,
            }}
          />
        )}
        <span
          role="slider"
          tabIndex={0}
          className={styles.cursor}
          style={{ left: share(cursor) }}
          aria-label="Place in the video"
          aria-describedby={help}
          aria-valuemin={0}
          aria-valuemax={duration}
          aria-valuenow={Math.min(cursor, duration)}
          aria-valuetext={mark === null ? clock(cursor) : `${clock(cursor)}, part from ${clock(mark)}`}
          onKeyDown={onCursorKey}
        />
      </div>
      <div className={styles.ticks} aria-hidden="true">
        {ticksUpTo(duration).map((at) => (
          <span key={at} style={{ left: share(at) }}>
            {clock(at)}
          </span>
        ))}
      </div>
      <p id={help} className={styles.help}>
        Drag across the line to require a part. By keyboard: arrow keys move the cursor, Enter begins a part and ends it,
        Escape gives it up; on an edge, arrow keys move it and Delete removes the part.
      </p>
      <p role="status" className={controls.hidden}>
        {said}
      </p>
    </div>
  );
};
