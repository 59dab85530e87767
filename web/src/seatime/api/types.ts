/** What the services answer. Times with a unit in their comment; everything else is ISO 8601 or a plain string. */

export type ProcessingStatus = 'pending' | 'processing' | 'ready' | 'error';
export type VideoProvider = 'mux' | 's3';

export interface PlaybackGrant {
  provider: VideoProvider;
  playbackId?: string | null;
  videoUrl?: string | null;
  signedUrl?: string | null;
  tokens?: { playback?: string; thumbnail?: string; storyboard?: string; drm?: string | null } | null;
  poster?: string | null;
  /** WebVTT with the storyboard's tiles, where the provider has one. */
  storyboard?: string | null;
  expiresAt: string;
  /** Seconds from now. */
  refreshAfter: number;
  /** Opaque; goes back with every beat and with `?refresh=`. Null for a preview, which earns nothing. */
  watchGrant: string | null;
  /** Seconds. */
  resume?: number | null;
  /** What is to be written over the picture. */
  watermark?: string | null;
  /** Until when a place among the learner's devices is held; null where the course allows any number. */
  leaseUntil?: string | null;
  /** WebVTT files of a video that has no captions in its stream. */
  captions?: CaptionFile[] | null;
  /** Present where the course lets nobody seek ahead. */
  seekLock?: SeekLock | null;
}

/** How far was watched from the beginning, as far as is known when playback is granted. */
export interface SeekLock {
  /** Seconds. */
  frontier: number;
  videoRevision: number;
  attempt: number;
}

export interface CaptionFile {
  /** BCP 47. */
  languageCode: string;
  name: string;
  url: string;
}

export interface LessonSummary {
  id: string;
  title: string;
  position: number;
  required: boolean;
  processingStatus: ProcessingStatus;
  /** Seconds; null until the video is ready. */
  duration: number | null;
  videoProvider: VideoProvider;
}

export interface Course extends CourseSummary {
  lessons: LessonSummary[];
}

export interface CourseSummary {
  id: string;
  title: string;
  ownerId: string;
  published: boolean;
  public: boolean;
}

export interface CourseList {
  courses: CourseSummary[];
  /** Goes into `after` to read on; null at the end. */
  next: string | null;
}

export interface LessonStatus {
  id: string;
  courseId: string;
  title: string;
  videoProvider: VideoProvider;
  processingStatus: ProcessingStatus;
  /** Why there is no video. */
  error: string | null;
  duration: number | null;
  muxAssetId: string | null;
  muxPlaybackId: string | null;
}

export type UploadState =
  | 'waiting'
  | 'timed_out'
  | 'cancelled'
  | 'failed'
  | 'processing'
  | 'errored'
  | 'ready'
  | 'deleted';

export interface UploadStatus {
  id: string;
  lessonId: string;
  status: UploadState;
  /** Why Mux refused the video. */
  error: string | null;
}

/** Where a video is to be sent: in one piece or Mux's chunks to `uploadUrl`, or to S3 in `parts` of `partSize` bytes. */
export interface UploadTarget {
  provider: VideoProvider;
  /** Null for what is no video: that is a file of its own. */
  uploadId: string | null;
  uploadUrl: string | null;
  headers: Record<string, string>;
  partSize: number | null;
  parts: number | null;
}

/** What has arrived of a video that goes to S3 in parts. Sizes in bytes. */
export interface PartsView {
  size: number;
  partSize: number;
  /** All is there, and S3 has made it one. */
  assembled: boolean;
  parts: { number: number; size: number }[];
}

export interface PartAddress {
  number: number;
  url: string;
  headers: Record<string, string>;
}

export interface PartAddresses {
  parts: PartAddress[];
}

export interface Reason {
  code: string;
  message: string;
}

export interface LessonProgress {
  lessonId: string;
  courseId: string;
  /** Seconds, as all positions and durations here. */
  duration: number | null;
  resumePosition: number | null;
  covered: [number, number][];
  /** 0…1, like `threshold`. */
  coverage: number;
  threshold: number;
  /** Watched without a gap from the beginning. */
  frontier: number;
  /** Whether the course forbids to seek beyond that; not once complete. */
  seekLocked: boolean;
  /** Which video, and which attempt at the course, all this is of. */
  videoRevision: number;
  attempt: number;
  complete: boolean;
  completedAt?: string | null;
  watched: { live: number; late: number };
  reasons: Reason[];
  cuts: Record<string, number>;
}

export interface CourseProgress {
  courseId: string;
  complete: boolean;
  reasons: Reason[];
  lessons: { lessonId: string; title: string; required: boolean; coverage: number; complete: boolean }[];
}

export interface LessonFigures {
  lessonId: string;
  courseId: string;
  title: string;
  duration: number | null;
  /** Whether these are fewer than `smallestGroup` viewers; then all that follows is null. */
  suppressed: boolean;
  smallestGroup: number;
  views: number | null;
  uniqueViewers: number | null;
  averageWatchTime: number | null;
  totalWatchTime: number | null;
  completions: number | null;
  /** 0…1. */
  completionRate: number | null;
  asOf?: string | null;
}

export interface LessonAnalytics extends LessonFigures {
  /** One cell per bucket from the start of the video. */
  retention: { bucketSeconds: number; unique: number[]; replays: number[] } | null;
}

export interface CourseAnalytics {
  courseId: string;
  title: string;
  lessons: LessonFigures[];
}

export type CaptionStatus = 'waiting' | 'preparing' | 'ready' | 'errored' | 'outdated' | 'deleted';

export interface Caption {
  id: string;
  /** BCP 47. */
  languageCode: string | null;
  name: string | null;
  /** uploaded, generated, or what Mux calls captions that came with the video. */
  source: string | null;
  closedCaptions: boolean;
  status: CaptionStatus;
  /** Why it is not ready. */
  error: string | null;
  /** Counts the edits; null for captions that came with the video and can't be edited. */
  revision: number | null;
}

export interface CaptionText extends Caption {
  /** WebVTT; null until generated captions have been edited, whose text is with the video. */
  vtt: string | null;
}

/** Either the text, or the wish for one made from what is said. */
export type NewCaption = { languageCode: string; name?: string; closedCaptions?: boolean } & (
  | { vtt: string }
  | { generate: true }
);
