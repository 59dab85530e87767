import { useCallback } from 'react';
import { clock, percent, shown, useResource, useSeatimeApi } from '../../../seatime';
import type { VideoAnalytics } from '../../../seatime/api/owner-types';
import { Table } from '../../../seatime/ui/Table';
import { Withheld } from '../../../seatime/views/Withheld';
import { Loaded } from './Loaded';
import { drift, moment } from './words';
import styles from './owner.module.css';

const REFRESH_MS = 30_000;

/** The ledger's figures and those of Mux Data, how far they are apart, and why that may be. */
export const BesideMux = ({ lessonId, smallestGroup }: { lessonId: string; smallestGroup: number }) => {
  const api = useSeatimeApi();
  const platforms = useResource(
    useCallback(() => api.owners.platforms(lessonId), [api, lessonId]),
    { pollEvery: () => REFRESH_MS },
  );
  return (
    <section className={`card ${styles.stack}`} aria-labelledby="beside-mux" data-testid="beside-mux">
      <h2 id="beside-mux">Beside Mux Data</h2>
      <Loaded resource={platforms} what="Asking for both sides">
        {(both) => (both.suppressed ? <Withheld smallest={smallestGroup} /> : <Both both={both} />)}
      </Loaded>
    </section>
  );
};

const Both = ({ both }: { both: VideoAnalytics }) => (
  <>
    <p className="muted small">
      {both.firstDay} to {both.lastDay} (UTC). {both.lastSyncedAt === null ? 'Mux has not answered yet.' : `Mux answered ${moment(both.lastSyncedAt)}.`}
      {both.syncFailingSince !== null && (
        <span className={styles.alarm}> Mux has failed to answer since {moment(both.syncFailingSince)}: its figures are old.</span>
      )}
    </p>
    <Table label="Figures of the ledger and of Mux Data" columns={['Figure', 'Seatime', 'Mux Data', 'Drift']}>
      <tr>
        <th scope="row">Views</th>
        <td>{shown(both.totalViews, String)}</td>
        <td>{shown(both.muxViewCount, String)}</td>
        <td>{both.drift === null ? '–' : drift(both.drift.views)}</td>
      </tr>
      <tr>
        <th scope="row">Watch time, in real time</th>
        <td>{shown(both.verifiedWatchTime, clock)}</td>
        <td>{shown(both.muxWatchTime, clock)}</td>
        <td>{both.drift === null ? '–' : drift(both.drift.watchTime)}</td>
      </tr>
      <tr>
        <th scope="row">Completion rate</th>
        <td>{shown(both.completionRate, percent)}</td>
        <td>{both.muxCompletionRate === null ? '–' : `${percent(both.muxCompletionRate)} of ${both.muxCompletionSample} views`}</td>
        <td>–</td>
      </tr>
    </Table>
    {both.drift !== null && both.drift.likelyCauses.length > 0 && <Causes drift={both.drift} />}
  </>
);

const Causes = ({ drift: { alarming, since, likelyCauses } }: { drift: NonNullable<VideoAnalytics['drift']> }) => (
  <div className={styles.stack}>
    <h3>{alarming ? <span className={styles.alarm}>Far apart{since === null ? '' : ` since ${moment(since)}`}</span> : 'Why they differ'}</h3>
    <ul className={styles.plain}>
      {likelyCauses.map(({ code, words }) => (
        <li key={code} data-testid="cause">
          {words}
        </li>
      ))}
    </ul>
  </div>
);
