import { useCallback } from 'react';
import { useResource, useSaving, useSeatimeApi } from '../../../seatime';
import type { Delivery } from '../../../seatime/api/admin';
import { Button } from '../../../seatime/ui/Button';
import { Problem } from '../../../seatime/ui/Problem';
import { Table } from '../../../seatime/ui/Table';
import { Loaded } from '../owner/Loaded';
import { moment } from '../owner/words';
import { Level, type Tone } from './Level';
import styles from './admin.module.css';

const REFRESH_MS = 3_000;
const refreshing = { pollEvery: () => REFRESH_MS };
const STATES: Record<Delivery['state'], { tone: Tone; word: string }> = {
  pending: { tone: 'neutral', word: 'Under way' },
  delivered: { tone: 'good', word: 'Delivered' },
  failed: { tone: 'bad', word: 'Given up' },
  held: { tone: 'warn', word: 'Held back' },
};

/** The newest deliveries to a receiver. What was in them is not shown: it names learners. */
export const Deliveries = ({ webhookId }: { webhookId: string }) => {
  const api = useSeatimeApi();
  const log = useResource(useCallback(() => api.admin.deliveries(webhookId), [api, webhookId]), refreshing);
  const sending = useSaving();

  const again = (delivery: number) =>
    sending.run(async () => {
      await api.admin.redeliver(webhookId, delivery);
      log.reload();
    });

  return (
    <div className={styles.stack}>
      {sending.problem !== undefined && <Problem title="That did not work">{sending.problem.message}</Problem>}
      <Loaded resource={log} what="Reading the log">
        {({ deliveries, before }) =>
          deliveries.length === 0 ? (
            <p className="muted">Nothing was sent yet.</p>
          ) : (
            <>
              <Table words label="Deliveries" columns={['When', 'Event', 'State', 'Attempts', 'Last answer', 'Action']}>
                {deliveries.map(({ id, createdAt, eventType, state, attempts, lastStatus, lastError, nextAttemptAt }) => (
                  <tr key={id} data-testid="delivery" data-state={state}>
                    <th scope="row">{moment(createdAt)}</th>
                    <td className={styles.mono}>{eventType}</td>
                    <td>
                      <Level tone={STATES[state].tone}>{STATES[state].word}</Level>
                      {state === 'pending' && attempts > 0 && <span className="muted small"> again {moment(nextAttemptAt)}</span>}
                    </td>
                    <td>{attempts}</td>
                    <td data-wide>{lastError ?? (lastStatus === null ? '–' : `answered ${lastStatus}`)}</td>
                    <td>
                      {(state === 'failed' || state === 'held') && (
                        <Button small disabled={sending.busy} onClick={() => void again(id)}>
                          Send again
                        </Button>
                      )}
                    </td>
                  </tr>
                ))}
              </Table>
              {before !== null && <p className="muted small">The newest {deliveries.length}; the route lists older ones.</p>}
            </>
          )
        }
      </Loaded>
    </div>
  );
};
