/**
 * A lesson's video from a file. Mux's uploader takes the file and sends it to Mux; while Mux is away, after a reload,
 * or where Mux's uploader gives up, our own sender takes over. Then follows what only the server knows: whether the
 * video became playable, and why not.
 */
import { Suspense, lazy, useEffect, useRef, useState } from 'react';
import { ApiProblem, asProblem } from '../api/problem';
import type { ProgressWish, UploadTarget } from '../api/types';
import { useSeatimeApi } from '../context';
import { percent } from '../format';
import { Following } from './Following';
import { forget, isSame, noteSent, recall, remember, type Remembered } from './memory';
import { put } from './put';
import { Sending, browser } from './sending';
import { SendingView } from './SendingView';
import { CHUNK_BYTES, ToMux } from './toMux';
import { InOnePiece, InParts } from './toS3';
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
}

export const MuxVideoUploader = (props: MuxVideoUploaderProps) => {
  const [round, setRound] = useState(0);
  return <Uploader key={`${props.lessonId} ${round}`} {...props} onAgain={() => setRound((n) => n + 1)} />;
};

interface Job {
  file: File;
  uploadId: string;
  /** Null as long as Mux's uploader sends. */
  sending: Sending | null;
}

const Uploader = ({
  lessonId,
  file: given,
  progress,
  onUploadComplete,
  onUploadProgress,
  onError,
  onAgain,
}: MuxVideoUploaderProps & { onAgain: () => void }) => {
  const api = useSeatimeApi();
  const [known, setKnown] = useState(() => recall(lessonId));
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

  const destinationOf = (file: File, upload: Remembered, one: UploadTarget | null) => {
    if (upload.uploadUrl !== null && upload.provider === 'mux') {
      const acknowledged = (bytes: number) => noteSent(lessonId, upload.uploadId, bytes);
      return new ToMux(upload.uploadUrl, file, put, upload.sent, acknowledged);
    }
    if (one?.uploadUrl != null) return new InOnePiece(api, { ...one, uploadId: upload.uploadId, uploadUrl: one.uploadUrl }, file, put);
    return new InParts(api, upload.uploadId, file, put);
  };

  const begin = async (file: File): Promise<string> => {
    setFailure(undefined);
    if (known !== null && isSame(known, file)) {
      send(file, known);
      return never();
    }
    if (known?.provider === 's3') api.cancelUpload(known.uploadId).catch(() => undefined); // the sweep finds it too
    try {
      const placed = await api.placeVideo(lessonId, file, progress);
      const { uploadId } = placed;
      if (!uploadId) throw new ApiProblem(415, 'not-a-video', 'This file is not a video.');
      const upload = rememberedOf({ ...placed, uploadId }, file);
      if (placed.parts !== null || placed.provider === 'mux') remember(lessonId, upload);
      setKnown(null);
      target.current = upload;
      if (placed.provider === 's3') {
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
    if (done || state?.phase === 'gone') forget(lessonId);
  }, [done, state?.phase, lessonId]);
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
      {sending === null && known !== null && job === undefined && (
        <Unfinished
          known={known}
          onForget={() => {
            if (known.provider === 's3') api.cancelUpload(known.uploadId).catch(() => undefined);
            forget(lessonId);
            setKnown(null);
          }}
        />
      )}
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
      {failure !== undefined && (
        <p role="alert" className={styles.failure}>
          {failure}
        </p>
      )}
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

interface UnfinishedProps {
  known: Remembered;
  onForget: () => void;
}

const Unfinished = ({ known, onForget }: UnfinishedProps) => (
  <div className={styles.unfinished} data-testid="unfinished">
    <p>
      <strong>{known.name}</strong> was being uploaded
      {known.sent > 0 && <>, {percent(known.sent / known.size)} of it had arrived</>}. Choose the same file again, and it
      goes on where it stopped.
    </p>
    <button type="button" className={styles.again} onClick={onForget}>
      Forget it
    </button>
  </div>
);

/** Hands the file to Mux's uploader once that is there, as if it had been chosen in it. */
const useGivenFile = (file: File | undefined): ((uploader: HTMLElement | null) => void) => {
  const [uploader, setUploader] = useState<HTMLElement | null>(null);
  const given = useRef<File>(undefined);
  useEffect(() => {
    if (uploader === null || file === undefined || given.current === file) return;
    given.current = file;
    uploader.dispatchEvent(new CustomEvent('file-ready', { detail: file }));
  }, [uploader, file]);
  return setUploader;
};

const rememberedOf = (placed: UploadTarget & { uploadId: string }, file: File): Remembered => ({
  provider: placed.provider,
  uploadId: placed.uploadId,
  uploadUrl: placed.provider === 'mux' ? placed.uploadUrl : null,
  name: file.name,
  size: file.size,
  lastModified: file.lastModified,
  sent: 0,
  at: Date.now(),
});

/** Mux's uploader waits for an address that never comes, until it is put away. */
const never = (): Promise<never> => new Promise(() => undefined);
