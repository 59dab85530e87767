import { useCallback, useState } from 'react';
import { useResource, useSeatimeApi } from '../../../seatime';
import type { Delivery } from '../../../seatime/api/admin';
import { asProblem } from '../../../seatime/api/problem';
import { Button } from '../../../seatime/ui/Button';
import { Problem } from '../../../seatime/ui/Problem';
import { Table } from '../../../seatime/ui/Table';
import { Loaded } from '../owner/Loaded';
import { moment } from '../owner/words';
import { Level, type Tone } from './Level';
import styles from './admin.module.css';

const REFRESH_MS = 3_000;
const refreshing = { pollEvery: () => REFRESH_MS };
const TONES: Record<Delivery['state'], Tone> = { pending: 'neutral', delivered: 'good', failed: 'bad', held: 'warn' };

/** The newest deliveries to a receiver. What was in them is not shown: it names learners. */
export const Deliveries = ({ webhookId }: { webhookId: string }) => {
  const api = useSeatimeApi();
  const log = useResource(useCallback(() => api.admin.deliveries(webhookId), [api, webhookId]), refreshing);
  const [problem, setProblem] = useState<string>();

  const again = async (delivery: number) => {
    setProblem(undefined);
    try {
      await api.admin.redeliver(webhookId, delivery);
      log.reload();
    } catch (error) {
      setProblem(asProblem(error).message);
    }
  };

  return (
    <div className={styles.stack}>
      {problem !== undefined && <Problem title="That did not work">{problem}</Problem>}
      <Loaded resource={log} what="Reading the log">
        {({ deliveries, before }) =>
          deliveries.length === 0 ? (
            <p className="muted">Nothing was sent yet.</p>
          ) : (
            <div className={styles.words}>
              <Table label="Deliveries" columns={['When', 'Event', 'State', 'Attempts', 'Last answer', 'Action']}>
                {deliveries.map(({ id, createdAt, eventType, state, attempts, lastStatus, lastError, nextAttemptAt }) => (
                  <tr key={id} data-testid="delivery" data-state={state}>
                    <th scope="row">{moment(createdAt)}</th>
                    <td className={styles.mono}>{eventType}</td>
                    <td>
                      <Level tone={TONES[state]}>{state}</Level>
                      {state === 'pending' && attempts > 0 && <span className="muted small"> again {moment(nextAttemptAt)}</span>}
                    </td>
                    <td>{attempts}</td>
                    <td>{lastError ?? lastStatus ?? '–'}</td>
                    <td>
                      {(state === 'failed' || state === 'held') && (
                        <Button small kind="quiet" onClick={() => void again(id)}>
                          Send again
                        </Button>
                      )}
                    </td>
                  </tr>
                ))}
              </Table>
              {before !== null && <p className="muted small">The newest {deliveries.length}; the route lists older ones.</p>}
            </div>
          )
        }
      </Loaded>
    </div>
  );
};
