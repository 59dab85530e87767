import { useCallback } from 'react';
import { useResource, useSeatimeApi, type SeatimeApi } from '../../../seatime';
import type { ServiceName } from '../../../seatime/api/admin';
import { Table } from '../../../seatime/ui/Table';
import { Notice } from '../../Notice';
import { Loaded } from '../owner/Loaded';
import { moment } from '../owner/words';
import { ACTIONS } from './LetterCard';
import type { Noted } from './letters';
import styles from './admin.module.css';

const REFRESH_MS = 10_000;
const refreshing = { pollEvery: () => REFRESH_MS };

/** Who decided what, and what came of it. */
export const AuditTable = ({ services }: { services: readonly ServiceName[] }) => {
  const api = useSeatimeApi();
  const names = services.join(',');
  const audit = useResource(useCallback(() => entries(api, names.split(',') as ServiceName[]), [api, names]), refreshing);
  return (
    <Loaded resource={audit} what="Reading the audit">
      {(found) =>
        found.length === 0 ? (
          <Notice title="Nothing was decided yet" message="Every decision about a dead letter is kept here, with who made it." />
        ) : (
          <Table words label="Decisions about dead letters" columns={['When', 'What', 'Record', 'Why']}>
              {found.map(({ service, id, at, action, by, topic, offset, note }) => (
                <tr key={`${service}/${id}`} data-testid="audit-entry">
                  <th scope="row">{moment(at)}</th>
                  <td>
                    {ACTIONS[action]} {by}
                  </td>
                  <td className={styles.mono}>
                    {topic} #{offset}
                  </td>
                  <td data-wide>{note === null || note === '' ? '–' : note}</td>
                </tr>
              ))}
          </Table>
        )
      }
    </Loaded>
  );
};

const entries = async (api: SeatimeApi, services: readonly ServiceName[]): Promise<Noted[]> => {
  const all = await Promise.all(services.map(async (service) => (await api.admin.audit(service)).entries.map((entry) => ({ ...entry, service }))));
  return all.flat().sort((a, b) => b.at.localeCompare(a.at) || b.id - a.id);
};
