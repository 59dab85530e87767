/** One place for any file: a video goes to its lesson, anything else to S3. */
import { useState } from 'react';
import controls from '../controls.module.css';
import { DropZone } from './DropZone';
import { MuxVideoUploader, type MuxVideoUploaderProps } from './MuxVideoUploader';
import { S3Uploader } from './S3Uploader';
import { isVideo } from './kind';
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
  if (file === undefined) {
    return <DropZone label="Choose a file" hint="A video becomes the lesson’s; pictures, sound and documents are stored as files." onFile={setFile} />;
  }
  const again = (
    <div>
      <button type="button" className={`${controls.button} ${controls.small}`} onClick={() => setFile(undefined)}>
        Choose another file
      </button>
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
        <p role="alert" className={styles.failure}>
          “{file.name}” is a video: choose the lesson that it is for.
        </p>
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
