/** A course's rules while its author changes them. Pure. */
import { parsePercent, asPercent, courseThreshold, type CourseRules, type RulesChange } from '../../../seatime';

/** As it stands in the fields; an empty one means the platform's default. */
export interface CourseDraft {
  percent: string;
  /** Minutes of verified watching. */
  minutes: string;
  /** A lesson's id, or '' for none. */
  assessment: string;
  /** Times normal speed. */
  rate: string;
  /** Hours for which what was watched offline may be told. */
  hours: string;
  hidden: NonNullable<CourseRules['hiddenPages']> | '';
  seek: NonNullable<CourseRules['seekAhead']> | '';
}

export const draftOf = (rules: CourseRules): CourseDraft => ({
  percent: rules.completionThreshold == null ? '' : asPercent(rules.completionThreshold),
  minutes: rules.minVerifiedS == null ? '' : String(Math.round(rules.minVerifiedS / 6) / 10),
  assessment: rules.finalAssessment ?? '',
  rate: rules.maxRate == null ? '' : String(rules.maxRate),
  hours: rules.offlineGraceS == null ? '' : String(Math.round(rules.offlineGraceS / 36) / 100),
  hidden: rules.hiddenPages ?? '',
  seek: rules.seekAhead ?? '',
});

export type Faults = Partial<Record<keyof CourseDraft, string>>;

/** A number between the two; null for an empty field, NaN for what is none. */
const number = (text: string, low: number, high: number): number | null => {
  if (text.trim() === '') return null;
  const value = Number(text.trim().replace(',', '.'));
  return value >= low && value <= high ? value : Number.NaN;
};

const YEAR_MIN = 366 * 24 * 60;

/** What can't be saved, by field. */
export const faultsOf = (draft: CourseDraft): Faults => {
  const faults: Faults = {};
  if (draft.percent.trim() !== '' && parsePercent(draft.percent) === null) faults.percent = 'A number above 0, up to 100.';
  if (Number.isNaN(number(draft.minutes, 0, YEAR_MIN))) faults.minutes = 'Minutes, 0 or more.';
  if (Number.isNaN(number(draft.rate, 1, 16))) faults.rate = 'A number from 1 to 16.';
  if (Number.isNaN(number(draft.hours, 2 / 60, 366 * 24))) faults.hours = 'Hours, at least two minutes (0.04).';
  return faults;
};

/** As they are saved; only of a draft without faults. */
export const rulesOf = (draft: CourseDraft): CourseRules => {
  const minutes = number(draft.minutes, 0, YEAR_MIN);
  const hours = number(draft.hours, 0, 366 * 24);
  return {
    completionThreshold: draft.percent.trim() === '' ? null : parsePercent(draft.percent),
    minVerifiedS: minutes === null ? null : Math.round(minutes * 60),
    finalAssessment: draft.assessment === '' ? null : draft.assessment,
    maxRate: number(draft.rate, 1, 16),
    offlineGraceS: hours === null ? null : Math.max(120, Math.round(hours * 3600)),
    hiddenPages: draft.hidden === '' ? null : draft.hidden,
    seekAhead: draft.seek === '' ? null : draft.seek,
  };
};

/** As they are asked about: defaults are named, for what is left out would stay as it is. */
export const changeOf = (rules: CourseRules): RulesChange => ({
  completionThreshold: courseThreshold(rules.completionThreshold),
  minVerified: rules.minVerifiedS ?? 0,
  ...(rules.finalAssessment == null ? {} : { finalAssessment: rules.finalAssessment }),
});
