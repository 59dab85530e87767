import { useState } from 'react';
import { percent } from '../../../seatime';
import type { Budget } from '../../../seatime/api/owner-types';
import { Button } from '../../../seatime/ui/Button';
import { Field, Input } from '../../../seatime/ui/Field';
import { Meter } from '../../../seatime/ui/Meter';
import { Problem } from '../../../seatime/ui/Problem';
import { useSaving } from '../../../seatime/useSaving';
import { amountIn, thresholdsIn } from './budget';
import { usd } from './words';
import styles from './owner.module.css';

interface BudgetSectionProps {
  save: (budget: { monthlyUsd: number; thresholds: number[] }) => Promise<Budget>;
  /** As it was read last. */
  budget: Budget | null;
}

/** What a course, or the platform, may cost a month, how much of that is spent, and at which shares somebody is told. */
export const BudgetSection = ({ save, budget: read }: BudgetSectionProps) => {
  const [editing, setEditing] = useState(false);
  const [set, setSet] = useState<Budget>();
  // The answer that a browser keeps for some seconds does not know yet of what was set just now.
  const budget = set !== undefined && set.version > (read?.version ?? 0) ? set : read;
  return (
    <section className={`card ${styles.stack}`} aria-labelledby="budget" data-testid="budget">
      <h2 id="budget">Budget</h2>
      {budget === null ? (
        <p className="muted">No budget is set, so nobody is told when the month becomes dear.</p>
      ) : (
        <Spent budget={budget} />
      )}
      {editing ? (
        <BudgetForm save={save} budget={budget} onClose={() => setEditing(false)} onSet={setSet} />
      ) : (
        <div>
          <Button onClick={() => setEditing(true)}>{budget === null ? 'Set a budget' : 'Change it'}</Button>
        </div>
      )}
    </section>
  );
};

const Spent = ({ budget }: { budget: Budget }) => {
  const { monthlyUsd, spentShare, thresholds, told } = budget;
  return (
    <>
      <div className={spentShare > 1 ? styles.over : undefined}>
        <Meter label="Spent of the budget" value={spentShare} />
      </div>
      <p className={styles.aside}>
        <span data-testid="spent">
          {percent(spentShare)} of {usd(monthlyUsd)} a month
        </span>
        {spentShare > 1 && <span className={styles.alarm}>Over the budget by {usd((spentShare - 1) * monthlyUsd)}</span>}
      </p>
      <p className={styles.aside}>
        <span>Somebody is told at {thresholds.map(percent).join(', ')}.</span>
        {told.length > 0 && <span>This month at {told.map(percent).join(', ')} so far.</span>}
      </p>
    </>
  );
};

interface BudgetFormProps extends BudgetSectionProps {
  onClose: () => void;
  onSet: (budget: Budget) => void;
}

const BudgetForm = ({ save, budget, onClose, onSet }: BudgetFormProps) => {
  const [amount, setAmount] = useState(budget === null ? '' : String(budget.monthlyUsd));
  const [at, setAt] = useState((budget?.thresholds ?? [0.8, 1]).map((share) => String(Math.round(share * 100))).join(', '));
  const [tried, setTried] = useState(false);
  const { busy, problem, run } = useSaving();
  const [monthlyUsd, thresholds] = [amountIn(amount), thresholdsIn(at)];

  const set = () => {
    setTried(true);
    if (monthlyUsd === null || thresholds === null) return;
    void run(async () => {
      onSet(await save({ monthlyUsd, thresholds }));
      onClose();
    });
  };

  return (
    <form
      className={styles.stack}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        set();
      }}
    >
      <div className={styles.pair}>
        <Field label="US dollars a month" error={tried && monthlyUsd === null ? 'An amount above 0.' : undefined}>
          <Input inputMode="decimal" value={amount} onChange={(event) => setAmount(event.target.value)} />
        </Field>
        <Field
          label="Told at (% of it)"
          hint="Up to ten, with commas between them."
          error={tried && thresholds === null ? 'Percentages above 0, up to 1000, as in 80, 100.' : undefined}
        >
          <Input inputMode="text" value={at} onChange={(event) => setAt(event.target.value)} />
        </Field>
      </div>
      {problem !== undefined && <Problem title="Not set">{problem.message}</Problem>}
      <div className={styles.bar}>
        <Button type="submit" kind="primary" disabled={busy}>
          Set the budget
        </Button>
        <Button onClick={onClose} disabled={busy}>
          Cancel
        </Button>
      </div>
    </form>
  );
};
