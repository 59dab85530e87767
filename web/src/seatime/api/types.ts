/** The services' shapes under the names that they have here. All are generated from docs/openapi. */
import type { components as Analytics } from './generated/analytics';
import type { components as Playback } from './generated/playback';
import type { components as Progress } from './generated/progress';
import type { components as Upload } from './generated/upload';

type UploadShapes = Upload['schemas'];
type PlaybackShapes = Playback['schemas'];
type ProgressShapes = Progress['schemas'];
type AnalyticsShapes = Analytics['schemas'];

export type Course = UploadShapes['CourseView'];
export type CourseSummary = UploadShapes['CourseSummary'];
export type CourseList = UploadShapes['CourseList'];
export type CourseRules = UploadShapes['CourseRulesBody-Output'];
export type NewCourse = UploadShapes['CourseBody'];
export type LessonSummary = UploadShapes['LessonSummary'];
/** A lesson as its author sees it. */
export type LessonStatus = UploadShapes['LessonView'];
export type LessonRules = UploadShapes['LessonRulesBody-Output'];
export type NewLesson = UploadShapes['LessonBody'];
export type ProcessingStatus = LessonSummary['processingStatus'];
export type VideoProvider = LessonSummary['videoProvider'];

/** Where a file is to be sent: in one piece or Mux's chunks to `uploadUrl`, or to S3 in `parts` of `partSize` bytes. */
export type UploadTarget = UploadShapes['Placed'];
export type UploadStatus = UploadShapes['UploadView'];
export type UploadState = UploadStatus['status'];
export type NewUpload = UploadShapes['UploadBody'];
/** What becomes of learners' progress where a video takes another's place. */
export type ProgressWish = NonNullable<NewUpload['progress']>;
export type PartsView = UploadShapes['PartsView'];
export type PartAddress = UploadShapes['PartAddress'];
export type PartAddresses = UploadShapes['PartAddresses'];
/** A file that is no video: its address to send it to, and what became of it. */
export type FileUpload = UploadShapes['FileUpload'];
export type FileStatus = UploadShapes['FileView'];

export type Caption = UploadShapes['CaptionView'];
export type CaptionText = UploadShapes['CaptionText'];
export type CaptionEdit = UploadShapes['CaptionEdit'];
export type CaptionStatus = Caption['status'];
/** Either the text, or the wish for one made from what is said. */
export type NewCaption = UploadShapes['NewCaption'];

/** How the caller stands in a course, and by what right it may be watched. */
export type OwnEnrollment = PlaybackShapes['OwnEnrollment'];
export type PlaybackGrant = PlaybackShapes['Playback'];
export type PlaybackTokens = PlaybackShapes['PlaybackTokens'];
/** How far was watched from the beginning, as far as is known when playback is granted. */
export type SeekLock = PlaybackShapes['SeekLock'];
/** WebVTT of a video that has no captions in its stream. */
export type CaptionFile = PlaybackShapes['PlaybackCaptions'];

export type LessonProgress = ProgressShapes['LessonProgressOut'];
export type CourseProgress = ProgressShapes['CourseProgressOut'];
export type Reason = ProgressShapes['ReasonOut'];
/** What would be different in a course's rules, and whom that would affect. */
export type RulesChange = ProgressShapes['RulesIn'];
export type LessonRulesChange = ProgressShapes['LessonRulesIn'];
export type RulesPreview = ProgressShapes['PreviewOut'];
export type RuleWarning = ProgressShapes['WarningOut'];

/** Of one lesson among others. All null where they are fewer than `smallestGroup` viewers: `suppressed`. */
export type LessonFigures = AnalyticsShapes['LessonNumbers'];
export type LessonAnalytics = AnalyticsShapes['LessonAnalytics'];
export type CourseAnalytics = AnalyticsShapes['CourseAnalytics'];
