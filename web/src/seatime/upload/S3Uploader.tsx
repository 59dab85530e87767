/** A file that is no video, from the browser straight to S3; its first bytes are looked at before it counts as there. */
import { useEffect, useRef, useState } from 'react';
import { asProblem } from '../api/problem';
import type { FileStatus } from '../api/types';
import { useSeatimeApi } from '../context';
import controls from '../controls.module.css';
import { DropZone } from './DropZone';
import { ToFile } from './toFile';
import { SendingView } from './SendingView';
import { put } from './put';
import { Sending, browser } from './sending';
import { megabytes } from './sizes';
import { useSending } from './useSending';
import styles from './upload.module.css';

export interface S3UploaderProps {
  /** The lesson that it belongs to, if it does. */
  lessonId?: string;
  /** Sent at once, where the author is not to choose one. */
  file?: File;
  /** As of a file input; what is taken is the server's to say. */
  accept?: string;
  /** The file is there; `url` downloads it for a short time. */
  onUploadComplete?: (fileId: string, url: string) => void;
  /** 0…100. */
  onUploadProgress?: (percent: number) => void;
  onError?: (error: Error) => void;
}

interface Job {
  file: File;
  fileId: string;
  destination: ToFile;
  sending: Sending;
}

export const S3Uploader = ({ lessonId, file: given, accept, onUploadComplete, onUploadProgress, onError }: S3UploaderProps) => {
  const api = useSeatimeApi();
  const [job, setJob] = useState<Job>();
  const [failure, setFailure] = useState<string>();
  const state = useSending(job?.sending ?? null, onUploadProgress);
  const begun = useRef<File>(undefined);

  const begin = async (file: File) => {
    setFailure(undefined);
    try {
      const placed = await api.placeFile(file, lessonId);
      if (placed.fileId == null || placed.uploadUrl === null) {
        throw new Error('This is a video: it belongs into a lesson.');
      }
      const target = { fileId: placed.fileId, uploadUrl: placed.uploadUrl, headers: placed.headers };
      const destination = new ToFile(api, target, file, put);
      const sending = new Sending(file.size, destination, browser);
      setJob({ file, fileId: placed.fileId, destination, sending });
      sending.resume();
    } catch (error) {
      const problem = error instanceof Error && error.name === 'Error' ? error : asProblem(error);
      setFailure(problem.message);
      onError?.(problem);
    }
  };

  useEffect(() => {
    if (given === undefined || begun.current === given) return;
    begun.current = given;
    void begin(given);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per file that is given
  }, [given]);

  const phase = state?.phase;
  useEffect(() => {
    if (job === undefined) return;
    if (phase === 'done') onUploadComplete?.(job.fileId, job.destination.result?.url ?? '');
    if (phase === 'failed' || phase === 'gone') onError?.(new Error(state?.problem ?? ''));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- told once per end, whatever the parent makes of its callback
  }, [phase, job]);

  const again = () => {
    job?.sending.stop();
    if (job !== undefined && phase !== 'done') api.deleteFile(job.fileId).catch(() => undefined); // the sweep finds it too
    setJob(undefined);
  };

  return (
    <div className={styles.uploader}>
      {job === undefined && (given === undefined || failure !== undefined) && (
        <DropZone label="Choose a file" accept={accept} onFile={(file) => void begin(file)} />
      )}
      {job !== undefined && phase !== 'done' && <SendingView name={job.file.name} sending={job.sending} onCancel={again} />}
      {job !== undefined && phase === 'done' && <Stored file={job.destination.result} onAgain={again} />}
      {failure !== undefined && (
        <p role="alert" className={styles.failure}>
          {failure}
        </p>
      )}
    </div>
  );
};

const Stored = ({ file, onAgain }: { file: FileStatus | null; onAgain: () => void }) => (
  <div className={styles.stored} role="status" data-testid="stored-file">
    <span>
      <strong>{file?.filename}</strong> is stored{file !== null && <>, {megabytes(file.size)}</>}.
    </span>
    {file?.url != null && (
      <a className={`${controls.button} ${controls.small}`} href={file.url}>
        Download
      </a>
    )}
    <button type="button" className={`${controls.button} ${controls.small}`} onClick={onAgain}>
      Upload another file
    </button>
  </div>
);
