import { useCourseLive, type Feed } from './useCourseLive';
import { WithheldCell } from './Withheld';
import styles from './live.module.css';

interface LiveViewersProps {
  courseId: string;
  /** Names for the lessons, by id; without one a lesson goes by its id. */
  titles?: Readonly<Record<string, string>>;
}

const FEEDS: Record<Feed, string> = {
  connecting: 'Connecting…',
  standing: 'Live',
  down: 'The live feed is down. These are the last figures; it is tried again by itself.',
  refused: 'The live feed is closed.',
};

/** Who watches a course right now, as it changes. */
export const LiveViewers = ({ courseId, titles = {} }: LiveViewersProps) => {
  const { live, feed, problem } = useCourseLive(courseId);
  return (
    <section className={styles.live} aria-label="Live view" data-testid="live-view" data-feed={feed}>
      <p className={styles.feed} role="status">
        <span className={feed === 'standing' ? styles.on : styles.off} aria-hidden="true" />
        {feed === 'refused' && problem !== undefined ? problem.message : FEEDS[feed]}
      </p>
      <dl className={styles.figures} data-old={feed !== 'standing'}>
        <Now name="Watching now" id="viewers" value={live?.viewersNow} smallest={live?.smallestGroup} />
        <Now name="Reports a second" id="beats" value={live?.beatsPerSecond} smallest={live?.smallestGroup} digits={1} />
        <Now
          name={`Completions, last ${Math.round((live?.completionsSeconds ?? 900) / 60)} min`}
          id="completions"
          value={live?.completions}
          smallest={live?.smallestGroup}
        />
      </dl>
      {live !== undefined && live.lessons.length > 0 && (
        <ul className={styles.lessons}>
          {live.lessons.map(({ lessonId, viewersNow }) => (
            <li key={lessonId}>
              <span>{titles[lessonId] ?? lessonId}</span>
              <span className={styles.count}>
                {viewersNow === null ? <WithheldCell smallest={live.smallestGroup} /> : `${viewersNow} watching`}
              </span>
            </li>
          ))}
        </ul>
      )}
      {live?.lastSeenAt && <p className={styles.small}>Last seen playing at {new Date(live.lastSeenAt).toLocaleTimeString()}</p>}
    </section>
  );
};

interface NowProps {
  name: string;
  id: string;
  /** Undefined: not known yet; null: fewer than `smallest`. */
  value: number | null | undefined;
  smallest: number | undefined;
  digits?: number;
}

const Now = ({ name, id, value, smallest = 0, digits = 0 }: NowProps) => (
  <div>
    <dt>{name}</dt>
    <dd data-testid={`live-${id}`}>
      {value === undefined ? '…' : value === null ? <span className={styles.few}>under {smallest}</span> : value.toFixed(digits)}
    </dd>
  </div>
);
