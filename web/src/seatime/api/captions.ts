/** A lesson's captions, for its author. */
import type { paths } from './generated/upload';
import type { Http } from './http';
import { service } from './service';
import type { CaptionEdit, NewCaption } from './types';

export const captionCalls = (http: Http) => {
  const upload = service<paths>(http);
  const at = (lessonId: string, id: string) => ({ path: { lesson_id: lessonId, caption_id: id } });
  return {
    captions: (lessonId: string) => upload.get('/api/lessons/{lesson_id}/captions', { path: { lesson_id: lessonId } }),
    caption: (lessonId: string, id: string) => upload.get('/api/lessons/{lesson_id}/captions/{caption_id}', at(lessonId, id)),
    addCaption: (lessonId: string, caption: NewCaption) =>
      upload.post('/api/lessons/{lesson_id}/captions', { path: { lesson_id: lessonId }, body: caption }),

    /** Refused with 409 if `revision` is not the newest any more. */
    editCaption: (lessonId: string, id: string, edit: CaptionEdit) =>
      upload.put('/api/lessons/{lesson_id}/captions/{caption_id}', { ...at(lessonId, id), body: edit }),
    deleteCaption: (lessonId: string, id: string) =>
      upload.delete('/api/lessons/{lesson_id}/captions/{caption_id}', at(lessonId, id)),
  };
};
