/** Where files are to be sent, and what became of them. */
import type { paths } from './generated/upload';
import type { Http } from './http';
import { service } from './service';
import type { ProgressWish } from './types';

const COMPLETE_TIMEOUT_MS = 120_000;

export const uploadCalls = (http: Http) => {
  const upload = service<paths>(http);
  const at = (uploadId: string) => ({ path: { upload_id: uploadId } });
  return {
    /** Where a lesson's video is to be sent: to Mux, or to S3 while Mux is away. */
    placeVideo: (lessonId: string, { name: filename, type, size }: File, progress: ProgressWish = 'auto') =>
      upload.post('/api/uploads', {
        body: { lessonId, filename, size, progress, ...(type === '' ? {} : { contentType: type }) },
      }),

    upload: (uploadId: string) => upload.get('/api/uploads/{upload_id}', at(uploadId)),
    uploadParts: (uploadId: string) => upload.get('/api/uploads/{upload_id}/parts', at(uploadId)),
    signParts: (uploadId: string, numbers: readonly number[]) =>
      upload.post('/api/uploads/{upload_id}/parts', { ...at(uploadId), body: { numbers: [...numbers] } }),

    /** S3 puts the parts together and the first bytes are looked at, which may take a while. */
    completeUpload: (uploadId: string) =>
      upload.post('/api/uploads/{upload_id}/complete', { ...at(uploadId), timeoutMs: COMPLETE_TIMEOUT_MS }),
    cancelUpload: (uploadId: string) => upload.delete('/api/uploads/{upload_id}', at(uploadId)),
  };
};
