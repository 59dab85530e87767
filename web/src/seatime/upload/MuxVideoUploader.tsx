/**
 * A lesson's video from a file. Mux's uploader takes the file and sends it to Mux; while Mux is away, after a reload,
 * or where Mux's uploader gives up, our own sender takes over. Then follows what only the server knows: whether the
 * video became playable, and why not.
 */
import { Suspense, lazy, useEffect, useRef, useState } from 'react';
import { ApiProblem, asProblem } from '../api/problem';
import type { ProgressWish, UploadStatus, UploadTarget } from '../api/types';
import { useSeatimeApi } from '../context';
import { useTold } from '../useTold';
import { Problem } from '../ui/Problem';
import { Following } from './Following';
import { SendingView } from './SendingView';
import { Unfinished, useUnfinished } from './Unfinished';
import type { Destination } from './destination';
import { forget, isSame, noteSent, remember, rememberedOf, type Remembered } from './memory';
import { put } from './put';
import { Sending } from './sending';
import { storedVideo } from './stored';
import { browser } from './surroundings';
import { CHUNK_BYTES, ToMux } from './toMux';
import { InOnePiece, InParts } from './toS3';
import { useGivenFile } from './useGivenFile';
import { useSending } from './useSending';
import styles from './upload.module.css';

const MuxUploader = lazy(() => import('@mux/mux-uploader-react'));

export interface MuxVideoUploaderProps {
  lessonId: string;
  /** Sent at once, where the author is not to choose one: a recording. */
  file?: File;
  /** What becomes of what learners have watched, where this takes another video's place. */
  progress?: ProgressWish;
  /** The video is playable; both ids are empty while it plays from S3. */
  onUploadComplete?: (assetId: string, playbackId: string) => void;
  /** 0…100. */
  onUploadProgress?: (percent: number) => void;
  onError?: (error: Error) => void;
  /** A file is on its way: who takes this off the page now interrupts it. */
  onBusy?: (busy: boolean) => void;
}

export const MuxVideoUploader = (props: MuxVideoUploaderProps) => {
  const [round, setRound] = useState(0);
  return <Uploader key={`${props.lessonId} ${round}`} {...props} onAgain={() => setRound((n) => n + 1)} />;
};

interface Job {
  file: File;
  uploadId: string;
  /** Null as long as Mux's uploader sends. */
  sending: Sending<UploadStatus> | null;
}

const Uploader = ({
  lessonId,
  file: given,
  progress,
  onUploadComplete,
  onUploadProgress,
  onError,
  onBusy,
  onAgain,
}: MuxVideoUploaderProps & { onAgain: () => void }) => {
  const api = useSeatimeApi();
  const unfinished = useUnfinished(lessonId, api.cancelUpload);
  const [job, setJob] = useState<Job>();
  const [sentByMux, setSentByMux] = useState(false);
  const [failure, setFailure] = useState<string>();
  const attach = useGivenFile(given);
  const sending = job?.sending ?? null;
  const state = useSending(sending, onUploadProgress);
  const target = useRef<Remembered>(null);

  const fail = (error: Error) => {
    setFailure(error.message);
    onError?.(error);
  };

  /** Ours from here on; Mux's uploader is put away. */
  const send = (file: File, upload: Remembered, one: UploadTarget | null = null) => {
    const next = new Sending(file.size, destinationOf(file, upload, one), browser);
    setJob({ file, uploadId: upload.uploadId, sending: next });
    next.resume();
  };

  const destinationOf = (file: File, upload: Remembered, one: UploadTarget | null): Destination<UploadStatus> => {
    const arrived = (bytes: number) => noteSent(lessonId, upload.uploadId, bytes);
    if (upload.uploadUrl !== null) return new ToMux(upload.uploadUrl, file, put, upload.sent, arrived);
    const stored = storedVideo(api, upload.uploadId);
    if (one?.uploadUrl == null) return new InParts(stored, file, put, arrived);
    return new InOnePiece(stored, { uploadUrl: one.uploadUrl, headers: one.headers }, file, put);
  };

  const begin = async (file: File): Promise<string> => {
    setFailure(undefined);
    const { known, drop } = unfinished;
    if (known !== null && isSame(known, file)) {
      send(file, known);
      return never();
    }
    drop();
    try {
      const placed = await api.placeVideo(lessonId, file, progress);
      const { provider, uploadId } = placed;
      if (!uploadId) throw new ApiProblem(415, 'not-a-video', 'This file is not a video.');
      const upload = rememberedOf(file, { provider, uploadId, uploadUrl: provider === 'mux' ? placed.uploadUrl : null });
      if (placed.parts !== null || provider === 'mux') remember(lessonId, upload);
      target.current = upload;
      if (provider === 's3') {
        send(file, upload, placed);
        return never();
      }
      setJob({ file, uploadId, sending: null });
      return placed.uploadUrl ?? '';
    } catch (error) {
      fail(asProblem(error));
      throw error;
    }
  };

  const done = sentByMux || state?.phase === 'done';
  const problem = state?.phase === 'failed' || state?.phase === 'gone' ? state.problem : null;
  useEffect(() => {
    if (done || problem !== null) forget(lessonId);
  }, [done, problem, lessonId]);
  useTold(onBusy, job !== undefined && !done && problem === null);
  useEffect(() => {
    if (problem !== null) onError?.(new Error(problem));
    // Told once per failure, whatever the parent makes of its callback.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [problem]);

  const cancel = () => {
    sending?.stop();
    const upload = job?.uploadId;
    if (upload !== undefined) api.cancelUpload(upload).catch(() => undefined); // one at Mux ends by itself
    forget(lessonId);
    onAgain();
  };

  return (
    <div className={styles.uploader}>
      {job === undefined && <Unfinished {...unfinished} />}
      {sending === null && (
        <Suspense fallback={<div className={styles.placeholder}>Loading the uploader…</div>}>
          <MuxUploader
            ref={attach}
            className={styles.mux ?? ''}
            endpoint={(file?: File) => (file === undefined ? never() : begin(file))}
            chunkSize={CHUNK_BYTES / 1024}
            pausable
            onProgress={(event) => onUploadProgress?.((event as CustomEvent<number>).detail)}
            onChunkSuccess={(event) => {
              const upload = target.current;
              if (upload === null) return;
              upload.sent = Math.min(upload.size, (event.detail.chunk + 1) * CHUNK_BYTES);
              noteSent(lessonId, upload.uploadId, upload.sent);
            }}
            onSuccess={() => setSentByMux(true)}
            onUploadError={(event) => {
              const upload = target.current;
              if (job === undefined || upload === null) fail(new Error(event.detail.message));
              else send(job.file, upload);
            }}
          />
        </Suspense>
      )}
      {job !== undefined && sending !== null && state?.phase !== 'done' && (
        <SendingView name={job.file.name} sending={sending} onCancel={cancel} />
      )}
      {failure !== undefined && <Problem title="Not uploaded">{failure}</Problem>}
      {done && job !== undefined && (
        <Following
          lessonId={lessonId}
          uploadId={job.uploadId}
          outcome={state?.outcome ?? null}
          onReady={onUploadComplete}
          onAgain={onAgain}
        />
      )}
    </div>
  );
};

/** Mux's uploader waits for an address that never comes, until it is put away. */
const never = (): Promise<never> => new Promise(() => undefined);
