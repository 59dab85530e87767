/** What an LMS uses; nothing below this folder knows the app around it. */
export { createSeatimeApi, type SeatimeApi, type SeatimeApiOptions } from './api/client';
export { ApiProblem } from './api/problem';
export type * from './api/types';
export { SeatimeProvider, useSeatimeApi } from './context';
export { LessonCaptions, type LessonCaptionsProps } from './captions/LessonCaptions';
export { clock, percent, shown } from './format';
export type { PlayerHandle } from './player/handle';
export { UnifiedVideoPlayer, type UnifiedVideoPlayerProps } from './player/UnifiedVideoPlayer';
export { VideoRecorder, type VideoRecorderProps } from './record/VideoRecorder';
export { Transcript, type TranscriptProps } from './transcript/Transcript';
export { MuxVideoUploader, type MuxVideoUploaderProps } from './upload/MuxVideoUploader';
export { ProcessingState } from './upload/ProcessingState';
export { useLessonProgress } from './useLessonProgress';
export { useResource, type Resource } from './useResource';
export { CompletionStatus } from './views/CompletionStatus';
export { WatchedStrip } from './views/WatchedStrip';
export { useWatchReporter, type WatchReporterOptions } from './watch/useWatchReporter';
