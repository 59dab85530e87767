import { useState } from 'react';
import type { Interactions } from '../../../seatime/api/owner-types';
import { Table } from '../../../seatime/ui/Table';
import { platformRows, type Cut, type PlatformRow } from './parts';
import styles from './owner.module.css';

const CUTS: readonly { value: Cut; label: string }[] = [
  { value: 'byPlayer', label: 'Player' },
  { value: 'byBrowser', label: 'Browser' },
  { value: 'byCountry', label: 'Country' },
];

/** Whether trouble is of one player, browser or country. */
export const Platforms = ({ interactions }: { interactions: Interactions }) => {
  const [cut, setCut] = useState<Cut>('byPlayer');
  const rows = platformRows(interactions, cut);
  const label = CUTS.find(({ value }) => value === cut)?.label ?? '';
  return (
    <section className={`card ${styles.stack}`} aria-labelledby="platforms" data-testid="platforms">
      <h2 id="platforms">By platform</h2>
      <div className={styles.bar}>
        <label>
          Split by
          <select value={cut} onChange={(event) => setCut(event.target.value as Cut)}>
            {CUTS.map(({ value, label: name }) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      {rows.length === 0 ? (
        <p className="muted">
          Nothing to show: no player has told anything yet{interactions.smallestGroup > 1 && ', or each of these is of too few people'}.
        </p>
      ) : (
        <Table label={`What players told, by ${label.toLowerCase()}`} columns={[label, 'Plays', 'Quality changes', 'Waited', 'Errors']}>
          {rows.map((row) => (
            <Row key={row.name} row={row} />
          ))}
        </Table>
      )}
      {rows.some(({ withOthers }) => withOthers) && (
        <p className="muted small">* together with what is of too few people to be shown, or was counted before players told this.</p>
      )}
    </section>
  );
};

const Row = ({ row: { name, withOthers, plays, qualityChanges, waited, errors } }: { row: PlatformRow }) => (
  <tr>
    <th scope="row">
      {name === 'unknown' ? 'not told' : name}
      {withOthers && ' *'}
    </th>
    <td>{plays ?? '–'}</td>
    <td>{qualityChanges ?? '–'}</td>
    <td>{waited === undefined ? '–' : `${waited.toFixed(1)} s`}</td>
    <td>{errors ?? '–'}</td>
  </tr>
);
