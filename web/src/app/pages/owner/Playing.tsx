import { clock } from '../../../seatime';
import type { Interactions } from '../../../seatime/api/owner-types';
import { TallyBars } from '../../../seatime/views/TallyBars';
import { Withheld } from '../../../seatime/views/Withheld';
import styles from './owner.module.css';

/** At what speed it was watched, and what players told of qualities, waiting and errors. */
export const Playing = ({ interactions }: { interactions: Interactions }) => {
  const { smallestGroup, speeds, qualityChanges, rebuffering, errors } = interactions;
  return (
    <div className={styles.pair}>
      <section className={`card ${styles.stack}`} aria-labelledby="speeds">
        <h2 id="speeds">Speeds</h2>
        <TallyBars
          tallies={speeds}
          smallestGroup={smallestGroup}
          what="speeds"
          name={(speed) => `${speed}×`}
          measure={({ watchTime }) => watchTime ?? 0}
          say={({ watchTime, learners }) => `${clock(watchTime ?? 0)} by ${learners}`}
        />
      </section>
      <section className={`card ${styles.stack}`} aria-labelledby="qualities">
        <h2 id="qualities">Quality changes</h2>
        <TallyBars tallies={qualityChanges} smallestGroup={smallestGroup} what="quality changes" />
      </section>
      <section className={`card ${styles.stack}`} aria-labelledby="waiting">
        <h2 id="waiting">Waiting for data</h2>
        {rebuffering.suppressed ? (
          <Withheld smallest={smallestGroup} what="waiting times" />
        ) : rebuffering.beats === 0 ? (
          <p className="muted">Nobody had to wait.</p>
        ) : (
          <dl className={styles.facts}>
            <div>
              <dt>Waited altogether</dt>
              <dd>{(rebuffering.seconds ?? 0).toFixed(1)} s</dd>
            </div>
            <div>
              <dt>Learners who had to</dt>
              <dd>{rebuffering.learners}</dd>
            </div>
            <div>
              <dt>Reports that say so</dt>
              <dd>{rebuffering.beats}</dd>
            </div>
          </dl>
        )}
      </section>
      <section className={`card ${styles.stack}`} aria-labelledby="errors">
        <h2 id="errors">Playback errors</h2>
        <TallyBars tallies={errors} smallestGroup={smallestGroup} what="errors" />
      </section>
    </div>
  );
};
