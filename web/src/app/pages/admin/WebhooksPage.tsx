/** Who is told of completions and budgets, how that goes, and what was sent. */
import { useCallback, useState } from 'react';
import { useResource, useSeatimeApi } from '../../../seatime';
import { Dialog, DialogActions } from '../../../seatime/ui/Dialog';
import { Button } from '../../../seatime/ui/Button';
import { Notice } from '../../Notice';
import { Loaded } from '../owner/Loaded';
import { AddWebhook } from './AddWebhook';
import { AdminHead } from './AdminHead';
import { WebhookCard } from './WebhookCard';
import styles from './admin.module.css';

const REFRESH_MS = 5_000;
const refreshing = { pollEvery: () => REFRESH_MS };

export default function WebhooksPage() {
  const api = useSeatimeApi();
  const webhooks = useResource(useCallback(() => api.admin.webhooks(), [api]), refreshing);
  const [secret, setSecret] = useState<string>();
  return (
    <div className="page">
      <AdminHead title="Webhooks">
        Completions and budgets are told to receivers of yours, signed, again and again until they have them.
      </AdminHead>
      <AddWebhook
        onAdded={(made) => {
          setSecret(made);
          webhooks.reload();
        }}
      />
      <Loaded resource={webhooks} what="Reading the receivers" lines={5}>
        {({ webhooks: found }) =>
          found.length === 0 ? (
            <Notice title="No receivers yet" message="Whatever happens is told to nobody outside." />
          ) : (
            <ul className={styles.list}>
              {found.map((webhook) => (
                <WebhookCard key={webhook.id} webhook={webhook} onChanged={webhooks.reload} onSecret={setSecret} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <Dialog
        open={secret !== undefined}
        onClose={() => setSecret(undefined)}
        title="The secret, this once"
        description="The receiver verifies signatures with it. It is not shown again; a lost one is replaced by a new one."
      >
        <p className={styles.code} data-testid="secret">
          {secret}
        </p>
        <DialogActions>
          <Button kind="primary" onClick={() => setSecret(undefined)}>
            It is kept
          </Button>
        </DialogActions>
      </Dialog>
    </div>
  );
}
