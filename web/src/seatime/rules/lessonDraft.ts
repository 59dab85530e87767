/** A lesson's rules while its author changes them. Pure. */
import type { LessonRules, LessonRulesChange } from '../api/types';
import { normalise, type Segment } from './segments';

export interface LessonDraft {
  /** Whether the lesson has a threshold of its own; else its course's counts. */
  own: boolean;
  /** Percent, as it stands in the field. */
  percent: string;
  segments: readonly Segment[];
  quiz: boolean;
}

const DEFAULT_THRESHOLD = 0.9;

/** The platform's, where neither lesson nor course has one. */
export const courseThreshold = (given: number | null | undefined): number => given ?? DEFAULT_THRESHOLD;

export const asPercent = (share: number): string => String(Math.round(share * 1000) / 10);

/** 0…1; null where it is no share that a rule can have. */
export const parsePercent = (text: string): number | null => {
  const value = Number(text.trim().replace(',', '.').replace(/\s*%$/, ''));
  return text.trim() !== '' && value > 0 && value <= 100 ? Math.round(value * 10) / 1000 : null;
};

export const draftOf = (rules: LessonRules, fallback: number): LessonDraft => ({
  own: rules.completionThreshold != null,
  percent: asPercent(rules.completionThreshold ?? fallback),
  segments: rules.requiredSegments ?? [],
  quiz: rules.quizRequired ?? false,
});

/** As they are saved; null as long as something in them is no rule. */
export const rulesOf = (draft: LessonDraft, duration: number | null): LessonRules | null => {
  const threshold = draft.own ? parsePercent(draft.percent) : null;
  if (draft.own && threshold === null) return null;
  const segments = duration === null ? [...draft.segments] : normalise(draft.segments, duration);
  return {
    completionThreshold: threshold,
    requiredSegments: segments.map(([from, to]): [number, number] => [from, to]),
    quizRequired: draft.quiz,
  };
};

/** As they are asked about: a course's threshold is named, for what is left out would stay as it is. */
export const changeOf = (rules: LessonRules, fallback: number): LessonRulesChange => ({
  completionThreshold: rules.completionThreshold ?? fallback,
  requiredSegments: rules.requiredSegments ?? [],
  quizRequired: rules.quizRequired ?? false,
});

export const isSame = (a: LessonRules, b: LessonRules): boolean => JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));

const canonical = ({ completionThreshold, requiredSegments, quizRequired }: LessonRules) => [
  completionThreshold ?? null,
  requiredSegments ?? [],
  quizRequired ?? false,
];
