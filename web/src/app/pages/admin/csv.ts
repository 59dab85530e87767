/** Enrolments as a table somebody pastes: comma, semicolon or tab between the cells, quotes where one has these. Pure. */
import type { EnrollmentRow } from '../../../seatime/api/admin';

export interface Line {
  /** Where it stands in what was pasted, from 1. */
  number: number;
  row: EnrollmentRow;
}

type Column = 'learnerId' | 'status' | 'expiresAt' | 'cohort';

const COLUMNS: readonly Column[] = ['learnerId', 'status', 'expiresAt', 'cohort'];
const NAMES: Readonly<Record<string, Column>> = {
  learnerid: 'learnerId',
  learner: 'learnerId',
  userid: 'learnerId',
  user: 'learnerId',
  id: 'learnerId',
  status: 'status',
  state: 'status',
  expiresat: 'expiresAt',
  expires: 'expiresAt',
  until: 'expiresAt',
  cohort: 'cohort',
  class: 'cohort',
  group: 'cohort',
};
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The rows as they are sent, judged by the server: what is odd goes there as it is, for it to say so. */
export const linesOf = (text: string): Line[] => {
  const table = tableOf(text);
  const [head] = table;
  const named = head?.cells.map((cell) => NAMES[cell.toLowerCase().replace(/[^a-z]/g, '')]);
  const hasHead = named !== undefined && named.includes('learnerId') && named.every((name) => name !== undefined);
  const columns = hasHead ? named : COLUMNS;
  return table.slice(hasHead ? 1 : 0).map(({ number, cells }) => ({ number, row: rowOf(cells, columns) }));
};

const rowOf = (cells: readonly string[], columns: readonly (Column | undefined)[]): EnrollmentRow => {
  const said: Record<string, string> = {};
  columns.forEach((column, index) => {
    const cell = cells[index] ?? '';
    if (column !== undefined && (cell !== '' || column === 'learnerId')) said[column] = cell;
  });
  const until = said['expiresAt'];
  // A day without an hour is meant to the end.
  if (until !== undefined && DAY.test(until)) said['expiresAt'] = `${until}T23:59:59Z`;
  if (said['status'] !== undefined) said['status'] = said['status'].toLowerCase();
  return said as unknown as EnrollmentRow;
};

interface Cells {
  number: number;
  cells: string[];
}

const separatorOf = (text: string): string => {
  const line = text.split('\n').find((one) => one.trim() !== '') ?? '';
  return ['\t', ';'].find((one) => line.includes(one)) ?? ',';
};

/** Lines that hold anything. A quoted cell may have separators, line ends and doubled quotes in it. */
const tableOf = (text: string): Cells[] => {
  const separator = separatorOf(text);
  const found: Cells[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let wasQuoted = false;
  let [line, began] = [1, 1];
  const endCell = () => {
    cells.push(wasQuoted ? cell : cell.trim());
    [cell, wasQuoted] = ['', false];
  };
  const endLine = () => {
    endCell();
    if (cells.some((one) => one !== '')) found.push({ number: began, cells });
    cells = [];
  };
  const all = text.replace(/\r\n?/g, '\n').replace(/^\uFEFF/, '');
  for (let at = 0; at < all.length; at += 1) {
    const character = all[at] ?? '';
    if (character === '\n') line += 1;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (all[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"' && cell.trim() === '') {
      [cell, quoted, wasQuoted] = ['', true, true];
    } else if (character === separator) endCell();
    else if (character === '\n') {
      endLine();
      began = line;
    } else if (!wasQuoted || character.trim() !== '') cell += character;
  }
  endLine();
  return found;
};
