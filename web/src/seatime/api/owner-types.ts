/** What course owners are told. Times are seconds, dates ISO 8601 days (UTC), money US dollars. */
import type { LessonFigures } from './types';

/** Whom numbers are about: viewers of a cohort, whose first view was on these days. */
export interface Chosen {
  cohort?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export interface Figures {
  suppressed: boolean;
  smallestGroup: number;
  views: number | null;
  uniqueViewers: number | null;
  averageWatchTime: number | null;
  totalWatchTime: number | null;
  averageVerifiedTime: number | null;
  totalVerifiedTime: number | null;
  completions: number | null;
  completionRate: number | null;
}

export interface CourseNumbers extends Figures {
  courseId: string;
  title: string;
  lessons: (Figures & LessonFigures)[];
}

export interface DropOff {
  position: number;
  /** How many fewer watch after it than before. */
  lost: number;
  /** Of the viewers, 0…1. */
  share: number;
}

export interface RetentionCurve {
  bucketSeconds: number;
  unique: number[];
  replays: number[];
}

export interface LessonNumbers extends Figures, LessonFigures {
  /** The days may be further apart than asked for: groups are kept whole. */
  filter: { cohort: string | null; firstViewFrom: string | null; firstViewTo: string | null } | null;
  retention: RetentionCurve | null;
  dropOffs: DropOff[] | null;
}

export interface DayNumbers {
  firstDay: string;
  lastDay: string;
  views: number;
  viewers: number;
  newViewers: number;
  completions: number;
  watchTime: number;
  verifiedTime: number;
}

export interface DaySeries {
  courseId: string;
  lessonId: string | null;
  timeZone: string;
  smallestGroup: number;
  days: DayNumbers[];
}

export interface SeekCell {
  fromBucket: number;
  toBucket: number;
  seeks: number;
  learners: number;
}

export interface Seeks {
  bucketSeconds: number;
  /** Sparse, without the cells of small groups. */
  cells: SeekCell[];
  hotCells: SeekCell[];
  hotTargets: { bucket: number; seeks: number }[];
  /** Whether cells of fewer than `smallestGroup` learners were left out. */
  suppressed: boolean;
}

export interface Tallies {
  values: { name: string; times: number; learners: number; watchTime: number | null }[];
  suppressed: boolean;
}

export interface Interactions {
  lessonId: string;
  courseId: string;
  smallestGroup: number;
  seeks: Seeks;
  qualityChanges: Tallies;
  errors: Tallies;
  rebuffering: { beats: number | null; learners: number | null; seconds: number | null; suppressed: boolean };
  speeds: Tallies;
}

export interface Cohorts {
  lessonId: string;
  courseId: string;
  suppressed: boolean;
  smallestGroup: number;
  /** `cohort` null: all others together. */
  cohorts: { cohort: string | null; viewers: number; periods: [string, string][] }[];
}

export interface LearnerMap {
  learnerId: string;
  cohort: string | null;
  views: number;
  watchTime: number;
  verifiedTime: number;
  coverage: number | null;
  covered: [number, number][];
  lastWatchedAt: string | null;
  completedAt: string | null;
}

export interface LearnerMaps {
  lessonId: string;
  courseId: string;
  learners: LearnerMap[];
  next: string | null;
}

export interface VideoAnalytics {
  lessonId: string;
  courseId: string;
  title: string;
  provider: 'mux' | 's3' | null;
  firstDay: string;
  lastDay: string;
  suppressed: boolean;
  totalViews: number | null;
  averageWatchTime: number | null;
  verifiedWatchTime: number | null;
  completionRate: number | null;
  muxViewCount: number | null;
  muxWatchTime: number | null;
  muxCompletionRate: number | null;
  muxCompletionSample: number;
  drift: {
    /** Ours less Mux's, of the larger: -1…1. */
    views: number;
    watchTime: number;
    alarming: boolean;
    since: string | null;
    likelyCauses: { code: string; words: string }[];
  } | null;
  lastSyncedAt: string | null;
  syncFailingSince: string | null;
}

export interface LessonLive {
  lessonId: string;
  viewersNow: number | null;
  beatsPerSecond: number | null;
  completions: number | null;
  lastSeenAt: string | null;
}

export interface CourseLive extends Omit<LessonLive, 'lessonId'> {
  courseId: string;
  smallestGroup: number;
  completionsSeconds: number;
  lessons: LessonLive[];
}

export interface Cost {
  monthToDate: { encoding: number; storage: number; delivery: number; s3Storage: number; s3Transfer: number; total: number };
  /** The month's total at its end. */
  forecast: number;
  perThousandVerifiedMinutes: number | null;
  minutes: {
    stored: number;
    storedNow: number;
    delivered: number;
    watched: number;
    s3Stored: number;
    s3Watched: number;
    verified: number;
  };
}

export interface Budget {
  monthlyUsd: number;
  /** Shares of the budget at which somebody is told. */
  thresholds: number[];
  version: number;
  spentShare: number;
  told: number[];
}

export interface CourseCost extends Cost {
  courseId: string;
  title: string;
  /** `2026-11` */
  month: string;
  asOf: string;
  deliveredUntil: string | null;
  assumptions: string[];
  budget: Budget | null;
  lessons: (Cost & { lessonId: string; title: string; deleted: boolean })[];
}

export type ReviewState = 'open' | 'dismissed' | 'confirmed';

export interface ReviewReason {
  code: string;
  message: string;
  value: number;
  weight: number;
  figures: Record<string, number>;
}

export interface Review {
  learnerId: string;
  state: ReviewState;
  /** 0…1, like the queue's threshold. */
  score: number;
  reasons: ReviewReason[];
  watched: number;
  watchedFrom: string | null;
  watchedUntil: string | null;
  decision: {
    decision: Exclude<ReviewState, 'open'>;
    note: string;
    decidedBy: string;
    decidedAt: string;
    score: number;
    reasons: ReviewReason[];
  } | null;
}

export interface Reviews {
  courseId: string;
  threshold: number;
  reviews: Review[];
  next: string | null;
}

export interface Sessions {
  lessonId: string;
  learnerId: string;
  sessions: {
    sessionId: string;
    attempt: number;
    beganAt: string;
    lastBeatAt: string | null;
    beats: number;
    closed: boolean;
    closedAt: string | null;
    closedBecause: string | null;
  }[];
}

export interface Attempts {
  courseId: string;
  learnerId: string;
  attempt: number;
  attempts: {
    attempt: number;
    state: 'running' | 'completed' | 'superseded';
    startedAt: string | null;
    reason: string | null;
    completedAt: string | null;
    lessonsCompleted: number;
  }[];
}

/** A table as a file: RFC 4180, or an object a line. */
export type ExportFormat = 'csv' | 'jsonl';
