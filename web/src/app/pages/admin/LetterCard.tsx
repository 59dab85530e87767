import { Button } from '../../../seatime/ui/Button';
import { bytes, moment } from '../owner/words';
import type { Decision } from './DecideLetters';
import { Level, type Tone } from './Level';
import { mayDiscard, mayRedrive, type Buried } from './letters';
import styles from './admin.module.css';

const STATES: Record<Buried['state'], { tone: Tone; word: string }> = {
  open: { tone: 'warn', word: 'To decide' },
  asked: { tone: 'neutral', word: 'Being redriven' },
  redriven: { tone: 'good', word: 'Redriven' },
  failed: { tone: 'bad', word: 'Could not be redriven' },
  discarded: { tone: 'neutral', word: 'Discarded' },
};
const REASONS: Record<string, string> = { unparsable: 'It can’t be read', failed: 'It can’t be applied' };

/** One record that was laid aside: where, when and why, and what can be done about it. */
export const LetterCard = ({ letter, onDecide }: { letter: Buried; onDecide: (decision: Decision) => void }) => {
  const { service, topic, offset, state, noted } = letter;
  const { tone, word } = STATES[state];
  const one = { service, topic, count: 1, range: { topic, first: offset, last: offset } };
  return (
    <li className={`card ${styles.stack}`} data-testid="letter" data-state={state} data-event={letter.eventId ?? ''}>
      <div className={styles.headline}>
        <h2 className={styles.mono}>
          {topic} <span className="muted">#{offset}</span>
        </h2>
        <Level tone={tone}>{word}</Level>
      </div>
      <p>
        <strong>{REASONS[letter.reason] ?? letter.reason}</strong> by {service}.{' '}
        {letter.redrivenBefore && <span className={styles.alarm}>It was redriven before and died again.</span>}
      </p>
      <p className={`${styles.mono} ${styles.begins}`}>{letter.error.split('\n')[0]}</p>
      <p className={styles.aside}>
        <span>laid aside {moment(letter.buriedAt)}</span>
        {letter.key !== null && <span>key {letter.key}</span>}
        {letter.originOffset !== null && (
          <span>
            record {letter.originOffset} of partition {letter.originPartition}
          </span>
        )}
        {letter.eventId !== null && <span>event {letter.eventId}</span>}
      </p>
      <details>
        <summary className={styles.summary}>
          The whole reason, and how the record begins ({bytes(letter.size)}
          {letter.cut ? ', cut' : ''})
        </summary>
        <div className={styles.stack}>
          <pre className={styles.code} tabIndex={0} aria-label="Reason">
            {letter.error}
          </pre>
          <pre className={styles.code} tabIndex={0} aria-label="Beginning of the record">
            {letter.preview === '' ? '(empty)' : letter.preview}
          </pre>
        </div>
      </details>
      {noted.length > 0 && (
        <ul className={styles.plain}>
          {noted.map(({ id, action, by, at, note }) => (
            <li key={id}>
              {ACTIONS[action]} {by}, {moment(at)}
              {note !== null && note !== '' && `: ${note}`}
            </li>
          ))}
        </ul>
      )}
      {(mayRedrive(letter) || mayDiscard(letter)) && (
        <div className={styles.bar}>
          {mayRedrive(letter) && <Button onClick={() => onDecide({ ...one, what: 'redrive' })}>Redrive…</Button>}
          {mayDiscard(letter) && (
            <Button kind="quiet" onClick={() => onDecide({ ...one, what: 'discard' })}>
              Discard…
            </Button>
          )}
        </div>
      )}
    </li>
  );
};

export const ACTIONS = {
  redrive: 'redrive asked for by',
  discard: 'discarded by',
  redriven: 'written again by',
  failed: 'could not be written again by',
} as const;
