/** How far a move from S3 to Mux is, from the counts of its videos; and what somebody types to choose some. Pure. */
import type { Migration, MigrationWish } from '../../../seatime/api/admin';

export interface Standing {
  total: number;
  /** At Mux, or given back as it was asked for. */
  done: number;
  failed: number;
  underWay: number;
  /** 0…1. */
  share: number;
}

const DONE = ['migrated', 'cleaned', 'rolled_back', 'superseded'];
const UNDER_WAY = ['planned', 'asked', 'processing'];

export const standingOf = ({ counts }: Pick<Migration, 'counts'>): Standing => {
  const sum = (states: readonly string[]) => states.reduce((total, state) => total + (counts[state] ?? 0), 0);
  const [done, failed, underWay] = [sum(DONE), sum(['failed']), sum(UNDER_WAY)];
  const total = done + failed + underWay;
  return { total, done, failed, underWay, share: total === 0 ? 0 : (done + failed) / total };
};

/** In a word: a migration that was planned and has nothing under way is over, whatever was asked for last. */
export const wordOf = (migration: Migration): string => {
  if (migration.error !== null) return 'Could not be planned';
  if (!migration.planned) return 'Being planned';
  if (migration.state === 'rolling_back') return migration.finished ? 'Rolled back' : 'Rolling back';
  if (migration.finished) return standingOf(migration).failed > 0 ? 'Finished with failures' : 'Finished';
  return migration.state === 'paused' ? 'Paused' : 'Moving';
};

export type Scope = 'all' | 'courses' | 'objects';

export interface Chosen {
  scope: Scope;
  courses: readonly string[];
  prefix: string;
  /** Gets a lesson for each object that is nobody's. */
  course: string;
  viewsPerMonth: string;
}

/** What to ask for; null as long as something is missing or makes no sense. */
export const wishOf = ({ scope, courses, prefix, course, viewsPerMonth }: Chosen): MigrationWish | null => {
  const views = Number(viewsPerMonth.trim());
  if (viewsPerMonth.trim() === '' || !Number.isFinite(views) || views < 0) return null;
  const common = { viewsPerMonth: views };
  if (scope === 'all') return common;
  if (scope === 'courses') return courses.length === 0 ? null : { ...common, courses: [...courses] };
  if (prefix.trim() === '') return null;
  return { ...common, prefix: prefix.trim(), ...(course === '' ? {} : { course }) };
};
