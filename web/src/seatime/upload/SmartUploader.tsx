/** One place for any file: a video goes to its lesson, anything else to S3. */
import { useState } from 'react';
import { useSeatimeApi } from '../context';
import { Button } from '../ui/Button';
import { Problem } from '../ui/Problem';
import { DropZone } from './DropZone';
import { MuxVideoUploader, type MuxVideoUploaderProps } from './MuxVideoUploader';
import { S3Uploader } from './S3Uploader';
import { Unfinished, useUnfinished } from './Unfinished';
import { isVideo } from './kind';
import { placeOfFiles } from './memory';
import styles from './upload.module.css';

export interface SmartUploaderProps extends Omit<MuxVideoUploaderProps, 'file' | 'lessonId' | 'onUploadComplete'> {
  /** The lesson that a video is for; without one only other files are taken. */
  lessonId?: string | undefined;
  /** The lesson's video is playable. */
  onUploadComplete?: (assetId: string, playbackId: string) => void;
  /** Another file is there. */
  onFileComplete?: (fileId: string, url: string) => void;
}

export const SmartUploader = ({ lessonId, onUploadComplete, onFileComplete, progress, ...told }: SmartUploaderProps) => {
  const [file, setFile] = useState<File>();
  if (file === undefined) return <Choosing lessonId={lessonId} onFile={setFile} />;
  const again = (
    <div>
      <Button small onClick={() => setFile(undefined)}>
        Choose another file
      </Button>
    </div>
  );
  if (!isVideo(file)) {
    return (
      <div className={styles.uploader} data-testid="smart-file">
        <S3Uploader
          {...told}
          {...(lessonId === undefined ? {} : { lessonId })}
          {...(onFileComplete === undefined ? {} : { onUploadComplete: onFileComplete })}
          file={file}
        />
        {again}
      </div>
    );
  }
  return (
    <div className={styles.uploader} data-testid="smart-video">
      {lessonId === undefined ? (
        <Problem title="Not uploaded">“{file.name}” is a video: choose the lesson that it is for.</Problem>
      ) : (
        <MuxVideoUploader
          {...told}
          {...(progress === undefined ? {} : { progress })}
          {...(onUploadComplete === undefined ? {} : { onUploadComplete })}
          lessonId={lessonId}
          file={file}
        />
      )}
      {again}
    </div>
  );
};

interface ChoosingProps {
  lessonId: string | undefined;
  onFile: (file: File) => void;
}

/** With what was left unfinished here, be it the lesson's video or another file. */
const Choosing = ({ lessonId, onFile }: ChoosingProps) => {
  const api = useSeatimeApi();
  const video = useUnfinished(lessonId ?? '', api.cancelUpload);
  const other = useUnfinished(placeOfFiles(lessonId), api.deleteFile);
  return (
    <div className={styles.uploader}>
      <Unfinished {...video} />
      <Unfinished {...other} />
      <DropZone
        label="Choose a file"
        hint="A video becomes the lesson’s; pictures, sound and documents are stored as files."
        onFile={onFile}
      />
    </div>
  );
};
