/** What authors decide: courses, lessons, their rules, and files that are no videos. */
import type { paths as ProgressPaths } from './generated/progress';
import type { paths as UploadPaths } from './generated/upload';
import type { Http } from './http';
import { service } from './service';
import type { NewCourse, RulesChange } from './types';

/** S3 puts the parts together, which may take a while. */
const COMPLETE_TIMEOUT_MS = 120_000;

export const authorCalls = (http: Http) => {
  const upload = service<UploadPaths>(http);
  const progress = service<ProgressPaths>(http);
  return {
    /** The whole description: what is left out goes back to its default. */
    putCourse: (courseId: string, course: NewCourse) =>
      upload.put('/api/courses/{course_id}', { path: { course_id: courseId }, body: course }),
    /** With its lessons and their videos. */
    deleteCourse: (courseId: string) => upload.delete('/api/courses/{course_id}', { path: { course_id: courseId } }),
    deleteLesson: (courseId: string, lessonId: string) =>
      upload.delete('/api/courses/{course_id}/lessons/{lesson_id}', {
        path: { course_id: courseId, lesson_id: lessonId },
      }),

    /** Whom other rules would affect; nothing is changed. */
    previewRules: (courseId: string, change: RulesChange) =>
      progress.post('/api/progress/courses/{courseId}/rules/preview', { path: { courseId }, body: change }),
    /** Rules that nobody can meet, in words. */
    courseWarnings: (courseId: string) =>
      progress.get('/api/progress/courses/{courseId}/warnings', { path: { courseId } }),

    /** Where a file that is no video is to be sent. */
    placeFile: ({ name: filename, type, size }: File, lessonId?: string) =>
      upload.post('/api/uploads', {
        body: { filename, size, ...(type === '' ? {} : { contentType: type }), ...(lessonId === undefined ? {} : { lessonId }) },
      }),
    /** Which parts of it have arrived, where it goes in parts. */
    fileParts: (fileId: string) => upload.get('/api/files/{file_id}/parts', { path: { file_id: fileId } }),
    signFileParts: (fileId: string, numbers: readonly number[]) =>
      upload.post('/api/files/{file_id}/parts', { path: { file_id: fileId }, body: { numbers: [...numbers] } }),
    /** Its first bytes are looked at: is it what it was said to be? */
    completeFile: (fileId: string) =>
      upload.post('/api/files/{file_id}/complete', { path: { file_id: fileId }, timeoutMs: COMPLETE_TIMEOUT_MS }),
    file: (fileId: string) => upload.get('/api/files/{file_id}', { path: { file_id: fileId } }),
    deleteFile: (fileId: string) => upload.delete('/api/files/{file_id}', { path: { file_id: fileId } }),
  };
};
