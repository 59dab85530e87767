import { useId, useState, type DragEvent, type ReactNode } from 'react';
import controls from '../controls.module.css';
import styles from './upload.module.css';

interface DropZoneProps {
  label: string;
  /** What may be brought. */
  hint?: ReactNode;
  /** As of a file input. */
  accept?: string | undefined;
  onFile: (file: File) => void;
}

/** A place to drop a file on, and a button to choose one. */
export const DropZone = ({ label, hint, accept, onFile }: DropZoneProps) => {
  const id = useId();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined) onFile(file);
  };
  return (
    <div
      className={styles.drop}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <input
        id={id}
        type="file"
        className={controls.hidden}
        accept={accept}
        data-testid="file-input"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file !== undefined) onFile(file);
        }}
      />
      <span className={controls.quiet}>Drop a file here, or</span>
      <label htmlFor={id} className={`${controls.button} ${styles.pick}`}>
        {label}
      </label>
      {hint !== undefined && <span className={controls.quiet}>{hint}</span>}
    </div>
  );
};
