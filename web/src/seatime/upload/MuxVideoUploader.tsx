/**
 * Mux's uploader, told by our server where to send, followed by what only the server knows:
 * whether the uploaded video became playable, and why not.
 */
import { Suspense, lazy, useCallback, useEffect, useState } from 'react';
import { asProblem } from '../api/problem';
import type { LessonStatus } from '../api/types';
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
  onUploadComplete?: (lesson: LessonStatus) => void;
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
  const [sent, setSent] = useState(false);
  const [failure, setFailure] = useState<string>();

  const fail = (error: Error) => {
    setFailure(error.message);
    onError?.(error);
  };
  const endpoint = async (): Promise<string> => {
    try {
      setFailure(undefined);
      return (await api.createMuxUpload(lessonId)).uploadUrl;
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
      {sent && <Following lessonId={lessonId} onReady={onUploadComplete} onAgain={onAgain} />}
    </div>
  );
};

interface FollowingProps {
  lessonId: string;
  onReady: ((lesson: LessonStatus) => void) | undefined;
  onAgain: () => void;
}

const Following = ({ lessonId, onReady, onAgain }: FollowingProps) => {
  const api = useSeatimeApi();
  const load = useCallback(() => api.lesson(lessonId), [api, lessonId]);
  const { data } = useResource(load, { pollEvery: (lesson) => (isSettled(lesson) ? null : POLL_MS) });
  const ready = data?.processingStatus === 'ready' ? data : undefined;

  useEffect(() => {
    if (ready) onReady?.(ready);
    // Told once per upload, whatever the parent makes of its callback.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [ready]);

  return (
    <>
      <ProcessingState
        status={data?.processingStatus ?? 'processing'}
        error={data?.error}
        duration={data?.duration}
      />
      {data?.processingStatus === 'error' && (
        <div>
          <button type="button" className={styles.again} onClick={onAgain}>
            Upload another file
          </button>
        </div>
      )}
    </>
  );
};

const isSettled = (lesson: LessonStatus): boolean =>
  lesson.processingStatus === 'ready' || lesson.processingStatus === 'error';
