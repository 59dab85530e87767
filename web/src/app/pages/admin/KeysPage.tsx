/** The keys that sign for Mux: which one signs, which are still good, and how one is replaced. */
import { useCallback, useState } from 'react';
import { useResource, useSaving, useSeatimeApi } from '../../../seatime';
import type { SigningKey, SigningKeys } from '../../../seatime/api/admin';
import { Button } from '../../../seatime/ui/Button';
import { Confirm } from '../../../seatime/ui/Dialog';
import { Table } from '../../../seatime/ui/Table';
import { Notice } from '../../Notice';
import { Loaded } from '../owner/Loaded';
import { moment } from '../owner/words';
import { AdminHead } from './AdminHead';
import { Level, type Tone } from './Level';
import { duration } from './verdict';
import styles from './admin.module.css';

const STATES: Record<SigningKey['state'], { tone: Tone; word: string; hint: string }> = {
  signs: { tone: 'good', word: 'Signs', hint: 'every new token' },
  verifies: { tone: 'neutral', word: 'Still good', hint: 'what it signed plays on; it signs nothing new' },
  revoked: { tone: 'bad', word: 'Revoked', hint: 'what it signed is refused' },
  lost: { tone: 'bad', word: 'Lost at Mux', hint: 'Mux does not know it: what it signs is refused' },
  foreign: { tone: 'warn', word: 'Not ours', hint: 'only Mux knows it' },
};

export default function KeysPage() {
  const api = useSeatimeApi();
  const keys = useResource(useCallback(() => api.admin.keys(), [api]));
  const [rotating, setRotating] = useState(false);
  return (
    <div className="page">
      <AdminHead title="Signing keys">
        Tokens for Mux’s videos are signed by one key at a time. The private parts are kept encrypted and never shown.
      </AdminHead>
      <Loaded resource={keys} what="Asking Mux for its keys">
        {(found) => (
          <>
            <div>
              <Button kind="primary" onClick={() => setRotating(true)}>
                Rotate…
              </Button>
            </div>
            {found.keys.length === 0 ? (
              <Notice title="No keys yet" message="Rotate to make the first one." />
            ) : (
              <Keys found={found} onChanged={keys.reload} />
            )}
            <Rotate open={rotating} life={found.tokenLifeS} onClose={() => setRotating(false)} onChanged={keys.reload} />
          </>
        )}
      </Loaded>
    </div>
  );
}

const Keys = ({ found: { keys, tokenLifeS }, onChanged }: { found: SigningKeys; onChanged: () => void }) => {
  const [revoking, setRevoking] = useState<SigningKey>();
  return (
    <>
      <Table words label="Signing keys" columns={['Key', 'State', 'Made', 'Revoked', 'Action']}>
          {keys.map((key) => (
            <tr key={key.keyId} data-testid="key" data-state={key.state}>
              <th scope="row" className={`${styles.mono} ${styles.id}`}>
                {key.keyId}
              </th>
              <td>
                <Level tone={STATES[key.state].tone}>{STATES[key.state].word}</Level>
                <br />
                <span className="muted small">{STATES[key.state].hint}</span>
              </td>
              <td>{by(key.createdAt, key.createdBy)}</td>
              <td>{by(key.revokedAt, key.revokedBy)}</td>
              <td>
                {(key.state === 'signs' || key.state === 'verifies' || key.state === 'lost') && (
                  <Button small kind="quiet" onClick={() => setRevoking(key)} aria-label={`Revoke ${key.keyId}`}>
                    Revoke…
                  </Button>
                )}
              </td>
            </tr>
          ))}
      </Table>
      <Revoke revoking={revoking} life={tokenLifeS} onClose={() => setRevoking(undefined)} onChanged={onChanged} />
    </>
  );
};

const by = (at: string | null, who: string | null): string => (at === null ? '–' : `${moment(at)}${who === null ? '' : ` by ${who}`}`);

interface AskProps {
  life: number;
  onClose: () => void;
  onChanged: () => void;
}

/** Asks before a turn, and says why where it failed. */
const useTurn = ({ onClose, onChanged }: AskProps) => {
  const { busy, problem, run, clear } = useSaving();
  const close = () => {
    clear();
    onClose();
  };
  const turn = (work: () => Promise<unknown>) =>
    run(async () => {
      await work();
      onClose();
      onChanged();
    });
  return { busy, problem: problem?.message, close, turn };
};

const Rotate = ({ open, ...rest }: AskProps & { open: boolean }) => {
  const api = useSeatimeApi();
  const { busy, problem, close, turn } = useTurn(rest);
  return (
    <Confirm
      open={open}
      onClose={close}
      title="Make a new key?"
      action="Rotate"
      busy={busy}
      problem={problem}
      onConfirm={() => void turn(() => api.admin.rotateKey())}
    >
      <ul>
        <li>Mux makes a key, and every replica signs with it from the next request on.</li>
        <li>What the former keys signed plays on. After {duration(rest.life)} nothing of it is left: then revoke them.</li>
      </ul>
    </Confirm>
  );
};

const Revoke = ({ revoking, ...rest }: AskProps & { revoking: SigningKey | undefined }) => {
  const api = useSeatimeApi();
  const { busy, problem, close, turn } = useTurn(rest);
  return (
    <Confirm
      open={revoking !== undefined}
      onClose={close}
      title="Revoke this key?"
      action="Revoke"
      busy={busy}
      problem={problem}
      onConfirm={() => revoking !== undefined && void turn(() => api.admin.revokeKey(revoking.keyId))}
    >
      <p className={styles.mono}>{revoking?.keyId}</p>
      <ul>
        <li>Nothing is signed with it any more, and Mux refuses all that it has signed. That can’t be undone.</li>
        <li>
          {revoking?.state === 'signs'
            ? 'It is the one that signs: the key before it takes over, and players that are refused ask for new tokens.'
            : `If it signed within the last ${duration(rest.life)}, players that are refused ask for new tokens.`}
        </li>
      </ul>
    </Confirm>
  );
};
