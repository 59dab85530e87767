/** Dead letters of all services in one list, and the ranges in which they are decided on. Pure. */
import type { AuditEntry, Letter, LetterRange, ServiceName } from '../../../seatime/api/admin';

export interface Buried extends Letter {
  service: ServiceName;
}

export interface Noted extends AuditEntry {
  service: ServiceName;
}

/** Letters that nobody has decided on, of one topic and service: decided on at once, as one range. */
export interface Group {
  service: ServiceName;
  topic: string;
  count: number;
  range: LetterRange;
}

/** What a request for a range may span. */
const MOST = 1000;

export const isOpen = ({ state }: Letter): boolean => state === 'open';

/** Where a redrive may still be asked for. */
export const mayRedrive = ({ state }: Letter): boolean => state === 'open' || state === 'discarded';
export const mayDiscard = ({ state }: Letter): boolean => state === 'open' || state === 'failed';

/** Groups of two and more. A range longer than may be asked for at once begins with its oldest letter. */
export const groupsOf = (letters: readonly Buried[]): Group[] => {
  const found = new Map<string, Buried[]>();
  for (const letter of letters.filter(isOpen)) {
    const name = `${letter.service}/${letter.topic}/${letter.partition}`;
    found.set(name, [...(found.get(name) ?? []), letter]);
  }
  return [...found.values()].flatMap((group) => {
    const [one] = group;
    const first = Math.min(...group.map(({ offset }) => offset));
    const within = group.map(({ offset }) => offset).filter((offset) => offset - first < MOST);
    if (one === undefined || within.length < 2) return [];
    return [{ service: one.service, topic: one.topic, count: within.length, range: { topic: one.topic, first, last: Math.max(...within) } }];
  });
};

export const newestFirst = (letters: readonly Buried[]): Buried[] =>
  [...letters].sort((a, b) => b.buriedAt.localeCompare(a.buriedAt) || b.offset - a.offset);
