/** Records that no consumer could use: why, what became of them, and what is to become of them. */
import { useCallback, useState } from 'react';
import { useSearchParams } from 'react-router';
import { useResource, useSeatimeApi, type SeatimeApi } from '../../../seatime';
import { SERVICES, type ServiceName } from '../../../seatime/api/admin';
import { asProblem } from '../../../seatime/api/problem';
import { Button } from '../../../seatime/ui/Button';
import { Problem } from '../../../seatime/ui/Problem';
import { Tabs } from '../../../seatime/ui/Tabs';
import { Notice } from '../../Notice';
import { Loaded } from '../owner/Loaded';
import { AdminHead } from './AdminHead';
import { AuditTable } from './AuditTable';
import { DecideLetters, type Decision } from './DecideLetters';
import { LetterCard } from './LetterCard';
import { groupsOf, newestFirst, type Buried } from './letters';
import styles from './admin.module.css';

const REFRESH_MS = 15_000;
/** As many as one looks through; the next ones on request. */
const AT_ONCE = 50;
/** Until the worker has done what was asked for. */
const SOON_MS = 1_500;

interface Found {
  letters: Buried[];
  /** Services that did not answer, with the reason. */
  silent: string[];
  /** Older ones are in these topics. */
  more: { service: ServiceName; topic: string }[];
}

export default function DeadLettersPage() {
  const [said, setSaid] = useSearchParams();
  const tab = said.get('tab') ?? 'open';
  const service = SERVICES.find((name) => name === said.get('service'));
  const api = useSeatimeApi();
  const found = useResource(
    useCallback(() => letters(api, service === undefined ? SERVICES : [service]), [api, service]),
    { pollEvery: ({ letters }) => (letters.some(({ state }) => state === 'asked') ? SOON_MS : REFRESH_MS) },
  );
  const [decision, setDecision] = useState<Decision>();

  const choose = (name: string, value: string | undefined) =>
    setSaid(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === undefined || value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const list = (state: 'open' | 'decided') => (
    <Loaded resource={found} what="Reading the dead letters" lines={6}>
      {(data) => <LetterList found={data} state={state} onDecide={setDecision} onMore={found.reload} />}
    </Loaded>
  );

  return (
    <div className="page">
      <AdminHead title="Dead letters">
        A record that a consumer can’t read or apply is laid aside so that those behind it go on. It is kept for 30 days: redrive it
        once its cause is mended, or note that nothing is to be done.
      </AdminHead>
      <div className={styles.bar}>
        <label>
          Service
          <select value={service ?? ''} onChange={(event) => choose('service', event.target.value)}>
            <option value="">All</option>
            {SERVICES.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <Tabs
        label="Dead letters"
        value={tab}
        onChange={(value) => choose('tab', value)}
        tabs={[
          { value: 'open', label: 'To decide', content: list('open') },
          { value: 'decided', label: 'Decided', content: list('decided') },
          { value: 'audit', label: 'Audit', content: <AuditTable services={service === undefined ? SERVICES : [service]} /> },
        ]}
      />
      <DecideLetters
        decision={decision}
        onClose={() => setDecision(undefined)}
        onDecided={() => {
          setDecision(undefined);
          found.reload();
        }}
      />
    </div>
  );
}

interface LetterListProps {
  found: Found;
  state: 'open' | 'decided';
  onDecide: (decision: Decision) => void;
  onMore: () => void;
}

const LetterList = ({ found: { letters: all, silent, more }, state, onDecide, onMore }: LetterListProps) => {
  const [most, setMost] = useState(AT_ONCE);
  const there = all.filter((letter) => (letter.state === 'open') === (state === 'open'));
  const shown = there.slice(0, most);
  return (
    <div className={styles.stack}>
      {silent.length > 0 && (
        <Problem title="Not the whole list">
          {silent.map((line) => (
            <span key={line}>{line} </span>
          ))}
          <Button small onClick={onMore}>
            Ask again
          </Button>
        </Problem>
      )}
      {state === 'open' && <Groups letters={all} onDecide={onDecide} />}
      {shown.length === 0 && silent.length === 0 && (
        <Notice
          title={state === 'open' ? 'Nothing to decide' : 'Nothing was decided yet'}
          message={state === 'open' ? 'Every record could be used, or somebody has decided what becomes of it.' : 'What is redriven or discarded stands here until the log forgets it.'}
        />
      )}
      <ul className={styles.list}>
        {shown.map((letter) => (
          <LetterCard key={`${letter.service}/${letter.topic}/${letter.partition}/${letter.offset}`} letter={letter} onDecide={onDecide} />
        ))}
      </ul>
      {there.length > most && (
        <div className={styles.headline}>
          <span className="muted small">
            {most} of {there.length.toLocaleString('en')}
          </span>
          <Button onClick={() => setMost(most + AT_ONCE)}>Show {Math.min(AT_ONCE, there.length - most)} more</Button>
        </div>
      )}
      {more.length > 0 && (
        <p className="muted small">
          Only the newest 100 of each topic are shown; there are older ones of {more.map(({ topic }) => topic).join(', ')}.
        </p>
      )}
    </div>
  );
};

const Groups = ({ letters: all, onDecide }: { letters: readonly Buried[]; onDecide: (decision: Decision) => void }) => {
  const groups = groupsOf(all);
  if (groups.length === 0) return null;
  return (
    <section className={`card ${styles.stack}`} aria-labelledby="together">
      <h2 id="together">All of a kind at once</h2>
      {groups.map((group) => (
        <div key={`${group.service}/${group.topic}`} className={styles.headline}>
          <span>
            {group.count} of <span className={styles.mono}>{group.topic}</span> in {group.service}
          </span>
          <span className={styles.bar}>
            <Button small onClick={() => onDecide({ ...group, what: 'redrive' })}>
              Redrive {group.count}…
            </Button>
            <Button small kind="quiet" onClick={() => onDecide({ ...group, what: 'discard' })}>
              Discard {group.count}…
            </Button>
          </span>
        </div>
      ))}
    </section>
  );
};

/** One that does not answer hides no other; if none does, that is the problem. */
const letters = async (api: SeatimeApi, services: readonly ServiceName[]): Promise<Found> => {
  const answers = await Promise.allSettled(services.map((name) => api.admin.deadLetters(name)));
  const found: Found = { letters: [], silent: [], more: [] };
  answers.forEach((answer, index) => {
    const service = services[index];
    if (service === undefined) return;
    if (answer.status === 'rejected') {
      found.silent.push(`${service}: ${asProblem(answer.reason).message}`);
      return;
    }
    found.letters.push(...answer.value.letters.map((letter) => ({ ...letter, service })));
    found.more.push(...answer.value.more.map((topic) => ({ service, topic })));
  });
  const [first] = answers;
  if (found.silent.length === services.length && first?.status === 'rejected') throw first.reason;
  return { ...found, letters: newestFirst(found.letters) };
};
