import { useState } from 'react';
import { useSaving, useSeatimeApi } from '../../../seatime';
import type { Webhook } from '../../../seatime/api/admin';
import { Button } from '../../../seatime/ui/Button';
import { Confirm } from '../../../seatime/ui/Dialog';
import { Problem } from '../../../seatime/ui/Problem';
import { moment } from '../owner/words';
import { Deliveries } from './Deliveries';
import { Findings } from './Findings';
import { Level } from './Level';
import styles from './admin.module.css';

interface WebhookCardProps {
  webhook: Webhook;
  onChanged: () => void;
  onSecret: (secret: string) => void;
}

/** One receiver: how it does, what can be done with it, and what was sent there. */
export const WebhookCard = ({ webhook, onChanged, onSecret }: WebhookCardProps) => {
  const api = useSeatimeApi();
  const [asking, setAsking] = useState<'rotate' | 'delete'>();
  const [open, setOpen] = useState(false);
  const { busy, problem, run, clear } = useSaving();
  const { id, url, enabled, pending, failingSince } = webhook;

  const does = (turn: () => Promise<unknown>) =>
    run(async () => {
      await turn();
      setAsking(undefined);
      onChanged();
    });
  const close = () => {
    clear();
    setAsking(undefined);
  };

  return (
    <li className={`card ${styles.stack}`} data-testid="webhook">
      <div className={styles.headline}>
        <h2 className={styles.mono}>
          {url}
        </h2>
        {!enabled ? (
          <Level tone="bad">Switched off</Level>
        ) : failingSince !== null ? (
          <Level tone="warn">Failing</Level>
        ) : (
          <Level tone="good">Receives</Level>
        )}
      </div>
      <p className={styles.aside}>
        {webhook.description !== '' && <span>{webhook.description}</span>}
        <span>{webhook.eventTypes.join(', ')}</span>
        <span>{pending === 0 ? 'nothing waits' : `${pending.toLocaleString('en')} wait`}</span>
        <span>{webhook.deliveredAt === null ? 'never received anything yet' : `last success ${moment(webhook.deliveredAt)}`}</span>
        <span>added by {webhook.createdBy}</span>
      </p>
      {webhook.disabledReason !== null && !enabled && (
        <Findings
          found={[
            {
              tone: 'bad',
              says: 'Nothing is sent',
              since: webhook.disabledAt ?? undefined,
              detail: webhook.disabledReason,
              todo: 'Mend the receiver, then switch it on. What happened meanwhile is held back, and sent when you ask for it.',
            },
          ]}
        />
      )}
      {enabled && failingSince !== null && (
        <Findings
          found={[
            {
              tone: 'warn',
              says: 'It fails',
              since: failingSince,
              detail: webhook.lastError ?? 'not known why',
              todo:
                webhook.restingUntil === null
                  ? 'Deliveries are tried again, later each time, for about a day. After five days of failures it is switched off.'
                  : `It asked for rest until ${moment(webhook.restingUntil)}; then it is tried again.`,
            },
          ]}
        />
      )}
      {problem !== undefined && asking === undefined && <Problem title="That did not work">{problem.message}</Problem>}
      <div className={styles.bar}>
        <Button disabled={busy || !enabled} onClick={() => void does(() => api.admin.testWebhook(id))}>
          Send a test
        </Button>
        <Button disabled={busy} onClick={() => void does(() => api.admin.switchWebhook(id, !enabled))}>
          {enabled ? 'Switch off' : 'Switch on'}
        </Button>
        <Button kind="quiet" disabled={busy} onClick={() => setAsking('rotate')}>
          New secret…
        </Button>
        <Button kind="quiet" disabled={busy} onClick={() => setAsking('delete')}>
          Delete…
        </Button>
      </div>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className={styles.summary}>What was sent</summary>
        {open && <Deliveries webhookId={id} />}
      </details>
      <Confirm
        open={asking === 'rotate'}
        onClose={close}
        title="Make a new secret?"
        action="Make it"
        busy={busy}
        problem={problem?.message}
        onConfirm={() => void does(async () => onSecret((await api.admin.rotateWebhook(id)).secret))}
      >
        <ul>
          <li>The new secret is shown once. For a day both sign, so that the receiver can change over.</li>
          <li>After that day the former one signs nothing any more.</li>
        </ul>
      </Confirm>
      <Confirm
        open={asking === 'delete'}
        onClose={close}
        title="Delete this receiver?"
        action="Delete"
        busy={busy}
        problem={problem?.message}
        onConfirm={() => void does(() => api.admin.deleteWebhook(id))}
      >
        <p className={styles.mono}>{url}</p>
        <ul>
          <li>{pending === 0 ? 'Nothing waits for it.' : `${pending.toLocaleString('en')} deliveries that wait are never sent.`}</li>
          <li>Its secrets and its log go, too. To pause it, switch it off instead.</li>
        </ul>
      </Confirm>
    </li>
  );
};
