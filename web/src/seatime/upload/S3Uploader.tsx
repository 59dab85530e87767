/**
 * A file that is no video, from the browser straight to S3: a large one in parts, so that it is pausable and goes on
 * after a reload. Its first bytes are looked at before it counts as there.
 */
import { useEffect, useRef, useState } from 'react';
import { asProblem } from '../api/problem';
import type { FileStatus } from '../api/types';
import { useSeatimeApi } from '../context';
import { Button, buttonClass } from '../ui/Button';
import { Problem } from '../ui/Problem';
import { DropZone } from './DropZone';
import { SendingView } from './SendingView';
import { Unfinished, useUnfinished } from './Unfinished';
import type { Destination } from './destination';
import { forget, isSame, noteSent, placeOfFiles, remember, rememberedOf } from './memory';
import { put } from './put';
import { Sending } from './sending';
import { megabytes } from './sizes';
import { storedFile } from './stored';
import { browser } from './surroundings';
import { InOnePiece, InParts } from './toS3';
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
  sending: Sending<FileStatus>;
}

export const S3Uploader = ({ lessonId, file: given, accept, onUploadComplete, onUploadProgress, onError }: S3UploaderProps) => {
  const api = useSeatimeApi();
  const place = placeOfFiles(lessonId);
  const unfinished = useUnfinished(place, api.deleteFile);
  const [job, setJob] = useState<Job>();
  const [failure, setFailure] = useState<string>();
  const state = useSending(job?.sending ?? null, onUploadProgress);
  const begun = useRef<File>(undefined);

  const send = (file: File, fileId: string, destination: Destination<FileStatus>) => {
    const sending = new Sending(file.size, destination, browser);
    setJob({ file, fileId, sending });
    sending.resume();
  };

  const sendParts = (file: File, fileId: string) =>
    send(file, fileId, new InParts(storedFile(api, fileId), file, put, (sent) => noteSent(place, fileId, sent)));

  const begin = async (file: File) => {
    setFailure(undefined);
    const { known, drop } = unfinished;
    if (known !== null && isSame(known, file)) {
      sendParts(file, known.uploadId);
      return;
    }
    drop();
    try {
      const { fileId, uploadUrl, headers } = await api.placeFile(file, lessonId);
      if (fileId == null) throw new Error('This is a video: it belongs into a lesson.');
      if (uploadUrl === null) {
        remember(place, rememberedOf(file, { provider: 's3', uploadId: fileId, uploadUrl: null }));
        sendParts(file, fileId);
      } else send(file, fileId, new InOnePiece(storedFile(api, fileId), { uploadUrl, headers }, file, put));
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
    if (phase === 'done') onUploadComplete?.(job.fileId, state?.outcome?.url ?? '');
    else if (phase === 'failed' || phase === 'gone') onError?.(new Error(state?.problem ?? ''));
    else return;
    forget(place);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- told once per end, whatever the parent makes of its callback
  }, [phase, job]);

  const again = () => {
    job?.sending.stop();
    if (job !== undefined && phase !== 'done') api.deleteFile(job.fileId).catch(() => undefined); // the sweep finds it too
    forget(place);
    unfinished.drop();
    setJob(undefined);
  };

  return (
    <div className={styles.uploader}>
      {job === undefined && (given === undefined || failure !== undefined) && (
        <>
          <Unfinished {...unfinished} />
          <DropZone label="Choose a file" accept={accept} onFile={(file) => void begin(file)} />
        </>
      )}
      {job !== undefined && phase !== 'done' && <SendingView name={job.file.name} sending={job.sending} onCancel={again} />}
      {job !== undefined && phase === 'done' && <Arrived file={state?.outcome ?? null} onAgain={again} />}
      {failure !== undefined && <Problem title="Not uploaded">{failure}</Problem>}
    </div>
  );
};

const Arrived = ({ file, onAgain }: { file: FileStatus | null; onAgain: () => void }) => (
  <div className={styles.stored} role="status" data-testid="stored-file">
    <span>
      <strong>{file?.filename}</strong> is stored{file !== null && <>, {megabytes(file.size)}</>}.
    </span>
    <span className={styles.next}>
      {file?.url != null && (
        <a className={buttonClass('plain', true)} href={file.url}>
          Download
        </a>
      )}
      <Button small onClick={onAgain}>
        Upload another file
      </Button>
    </span>
  </div>
);
