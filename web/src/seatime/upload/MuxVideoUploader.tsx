/**
 * Mux's uploader, told by our server where to send, followed by what only the server knows:
 * whether the uploaded video became playable, and why not.
 */
import { Suspense, lazy, useCallback, useEffect, useState } from 'react';
import { asProblem } from '../api/problem';
import type { LessonStatus, ProcessingStatus, UploadState, UploadStatus } from '../api/types';
import { useSeatimeApi } from '../context';
import { useResource } from '../useResource';
import { ProcessingState } from './ProcessingState';
import styles from './upload.module.css';

const MuxUploader = lazy(() => import('@mux/mux-uploader-react'));

const POLL_MS = 1_500;
/** Mux counts in KiB; small enough that a lost connection costs little. */
const CHUNK_KIB = 8_192;

export interface MuxVideoUploaderProps {
  lessonId: string;
  /** The video is playable. */
  onUploadComplete?: (assetId: string, playbackId: string) => void;
  /** 0…100. */
  onUploadProgress?: (percent: number) => void;
  onError?: (error: Error) => void;
}

export const MuxVideoUploader = (props: MuxVideoUploaderProps) => {
  const [round, setRound] = useState(0);
  return <Uploader key={`${props.lessonId} ${round}`} {...props} onAgain={() => setRound((n) => n + 1)} />;
};

const Uploader = ({
  lessonId,
  onUploadComplete,
  onUploadProgress,
  onError,
  onAgain,
}: MuxVideoUploaderProps & { onAgain: () => void }) => {
  const api = useSeatimeApi();
  const [uploadId, setUploadId] = useState<string>();
  const [sent, setSent] = useState(false);
  const [failure, setFailure] = useState<string>();

  const fail = (error: Error) => {
    setFailure(error.message);
    onError?.(error);
  };
  const endpoint = async (): Promise<string> => {
    try {
      setFailure(undefined);
      const target = await api.createMuxUpload(lessonId);
      setUploadId(target.uploadId);
      return target.uploadUrl;
    } catch (error) {
      fail(asProblem(error));
      throw error;
    }
  };

  return (
    <div className={styles.uploader}>
      <Suspense fallback={<div className={styles.placeholder}>Loading the uploader…</div>}>
        <MuxUploader
          className={styles.mux ?? ''}
          endpoint={endpoint}
          chunkSize={CHUNK_KIB}
          pausable
          onProgress={(event) => onUploadProgress?.((event as CustomEvent<number>).detail)}
          onSuccess={() => setSent(true)}
          onUploadError={(event) => fail(new Error(event.detail.message))}
        />
      </Suspense>
      {failure !== undefined && (
        <p role="alert" className={styles.failure}>
          {failure}
        </p>
      )}
      {sent && uploadId !== undefined && (
        <Following lessonId={lessonId} uploadId={uploadId} onReady={onUploadComplete} onAgain={onAgain} />
      )}
    </div>
  );
};

interface FollowingProps {
  lessonId: string;
  uploadId: string;
  onReady: MuxVideoUploaderProps['onUploadComplete'];
  onAgain: () => void;
}

const Following = ({ lessonId, uploadId, onReady, onAgain }: FollowingProps) => {
  const api = useSeatimeApi();
  const load = useCallback(async (): Promise<Outcome> => {
    const upload = await api.upload(uploadId);
    return { upload, lesson: upload.status === 'ready' ? await api.lesson(lessonId) : null };
  }, [api, lessonId, uploadId]);
  const { data } = useResource(load, { pollEvery: ({ upload }) => (isOpen(upload.status) ? POLL_MS : null) });
  const status = data ? SHOWN[data.upload.status] : 'processing';
  const lesson = data?.lesson ?? null;

  useEffect(() => {
    if (lesson !== null) onReady?.(lesson.muxAssetId ?? '', lesson.muxPlaybackId ?? '');
    // Told once per upload, whatever the parent makes of its callback.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [lesson]);

  return (
    <>
      <ProcessingState status={status} error={data?.upload.error} duration={lesson?.duration} />
      {status === 'error' && (
        <div>
          <button type="button" className={styles.again} onClick={onAgain}>
            Upload another file
          </button>
        </div>
      )}
    </>
  );
};

interface Outcome {
  upload: UploadStatus;
  lesson: LessonStatus | null;
}

const SHOWN: Record<UploadState, ProcessingStatus> = {
  waiting: 'processing',
  processing: 'processing',
  ready: 'ready',
  timed_out: 'error',
  cancelled: 'error',
  failed: 'error',
  errored: 'error',
  deleted: 'error',
};

const isOpen = (state: UploadState): boolean => SHOWN[state] === 'processing';
