import { useId, useState } from 'react';
import { useSaving, useSeatimeApi } from '../../../seatime';
import type { RowReports } from '../../../seatime/api/admin';
import { Button } from '../../../seatime/ui/Button';
import { Problem } from '../../../seatime/ui/Problem';
import { Table } from '../../../seatime/ui/Table';
import { linesOf, type Line } from './csv';
import { Level, type Tone } from './Level';
import styles from './admin.module.css';

const MOST = 1000;
const EXAMPLE = 'learnerId,status,expiresAt,cohort\nada,active,2027-06-30,class-a\nbo,suspended,,';
const TONES: Record<'changed' | 'unchanged' | 'refused', Tone> = { changed: 'good', unchanged: 'neutral', refused: 'bad' };

interface Sent {
  lines: Line[];
  reports: RowReports;
}

/** A table of learners, each row judged by itself: one that makes no sense keeps no other from being applied. */
export const BulkEnrollment = ({ courseId, onSent }: { courseId: string; onSent: () => void }) => {
  const api = useSeatimeApi();
  const [text, setText] = useState('');
  const sending = useSaving();
  const [sent, setSent] = useState<Sent>();
  const area = useId();
  const lines = linesOf(text);

  const send = async () => {
    setSent(undefined);
    const reports = await api.admin.enrollMany(courseId, lines.map(({ row }) => row));
    setSent({ lines, reports });
    onSent();
  };

  return (
    <section className={`card ${styles.stack}`} aria-labelledby="many">
      <h2 id="many">Enrol many</h2>
      <form className={styles.stack} onSubmit={sending.submit(send)}>
        <label htmlFor={area} className="muted small">
          A row for each learner, as a spreadsheet copies or saves them: id, state (active, suspended or removed), last day, cohort. All
          but the id may stay empty; names of columns in the first row may put them in another order. Who is not named stays as they are.
        </label>
        <textarea
          id={area}
          className={styles.bulk}
          value={text}
          placeholder={EXAMPLE}
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
        />
        {lines.length > MOST && <Problem>That are {lines.length} rows; send at most {MOST} at a time.</Problem>}
        {sending.problem !== undefined && <Problem title="Nothing was applied">{sending.problem.message}</Problem>}
        <div>
          <Button type="submit" kind="primary" disabled={sending.busy || lines.length === 0 || lines.length > MOST}>
            {lines.length === 0 ? 'Apply' : `Apply ${lines.length} ${lines.length === 1 ? 'row' : 'rows'}`}
          </Button>
        </div>
      </form>
      {sent !== undefined && <Reports sent={sent} />}
    </section>
  );
};

/** What became of each row, the refused ones first. */
const Reports = ({ sent: { lines, reports } }: { sent: Sent }) => {
  const rows = [...reports.rows].sort((a, b) => Number(b.outcome === 'refused') - Number(a.outcome === 'refused') || a.row - b.row);
  return (
    <div className={styles.stack} data-testid="reports">
      <p role="status">
        {reports.changed} changed, {reports.unchanged} as they were,{' '}
        <span className={reports.refused > 0 ? styles.alarm : undefined}>{reports.refused} refused</span>.
      </p>
      <Table words label="What became of each row" columns={['Line', 'Learner', 'Outcome', 'Why']}>
          {rows.map(({ row, learnerId, outcome, problem }) => (
            <tr key={row} data-testid={`report-${outcome}`}>
              <th scope="row">{lines[row]?.number ?? row + 1}</th>
              <td>{learnerId ?? lines[row]?.row.learnerId ?? ''}</td>
              <td>
                <Level tone={TONES[outcome]}>{outcome}</Level>
              </td>
              <td data-wide>{problem ?? '–'}</td>
            </tr>
          ))}
        </Table>
    </div>
  );
};
