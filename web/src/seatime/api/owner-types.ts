/** What course owners are told, under the names that it has here. All shapes are generated from docs/openapi. */
import type { components as Analytics, operations as AnalyticsOperations } from './generated/analytics';
import type { components as Progress } from './generated/progress';

type Shapes = Analytics['schemas'];
type ProgressShapes = Progress['schemas'];

/** Whom numbers are about: viewers of a cohort, whose first view was on these days. */
export interface Chosen {
  cohort?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export type CourseNumbers = Shapes['CourseAnalytics'];
export type LessonNumbers = Shapes['LessonAnalytics'];
/** What all numbers of a group have in common. */
export type Figures = Omit<Shapes['LessonNumbers'], 'lessonId' | 'courseId' | 'title' | 'duration' | 'asOf'>;
export type DropOff = Shapes['DropOffPoint'];
export type RetentionCurve = Shapes['Retention'];
export type DayNumbers = Shapes['DayNumbers'];
export type DaySeries = Shapes['DaySeries'];
export type SeekCell = Shapes['SeekCell'];
export type Seeks = Shapes['Seeks'];
export type Tallies = Shapes['Tallies'];
export type Interactions = Shapes['Interactions'];
export type Cohorts = Shapes['Cohorts'];
export type LearnerMap = Shapes['LearnerMap'];
export type LearnerMaps = Shapes['LearnerMaps'];
export type VideoAnalytics = Shapes['VideoAnalytics'];
export type LessonLive = Shapes['LessonLive'];
export type CourseLive = Shapes['CourseLive'];
export type Cost = Omit<Shapes['LessonCost'], 'lessonId' | 'title' | 'deleted'>;
export type CourseCost = Shapes['CourseCost'];
export type Budget = Shapes['BudgetShown'];

export type Review = ProgressShapes['ReviewOut'];
export type Reviews = ProgressShapes['ReviewsOut'];
export type ReviewState = Review['state'];
export type ReviewReason = ProgressShapes['ReviewReasonOut'];
export type Sessions = ProgressShapes['SessionsOut'];
export type Attempts = ProgressShapes['AttemptsOut'];

/** For one file, once, and soon; `action` is where a form hands it in. */
export type ExportTicket = Shapes['ExportTicket'];
/** A table as a file: RFC 4180, or an object a line. */
export type ExportFormat = NonNullable<NonNullable<AnalyticsOperations['exportLearners']['parameters']['query']>['format']>;
