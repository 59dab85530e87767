import { useState } from 'react';
import { clock, type LessonStatus, type ProgressWish } from '../../../seatime';
import { Button } from '../../../seatime/ui/Button';
import { Choice } from '../../../seatime/ui/Choice';
import { VideoSource } from './VideoSource';
import styles from './author.module.css';

interface LessonVideoProps {
  lesson: LessonStatus;
  onUploaded: () => void;
}

/** The lesson's video: its first, or another in its place, with the word on what learners have watched so far. */
export const LessonVideo = ({ lesson, onUploaded }: LessonVideoProps) => {
  const [replacing, setReplacing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [replaced, setReplaced] = useState(false);
  const [progress, setProgress] = useState<ProgressWish>('auto');
  if (lesson.processingStatus !== 'ready' || lesson.duration === null) {
    return (
      <div className="card">
        <VideoSource lessonId={lesson.id} onUploadComplete={onUploaded} />
      </div>
    );
  }
  const onReplaced = () => {
    setReplaced(true);
    onUploaded();
  };
  const close = () => {
    setReplacing(false);
    setReplaced(false);
  };
  return (
    <div className={`card ${styles.stack}`}>
      <dl className={styles.facts}>
        <div>
          <dt>Length</dt>
          <dd>{clock(lesson.duration)}</dd>
        </div>
        <div>
          <dt>Plays from</dt>
          <dd>{lesson.videoProvider === 'mux' ? 'Mux' : 'S3'}</dd>
        </div>
        <div>
          <dt>Access</dt>
          <dd>{lesson.playbackPolicy === 'public' ? 'public' : 'signed, for who is enrolled'}</dd>
        </div>
        <div>
          <dt>Captions</dt>
          <dd>{lesson.captions.length === 0 ? 'none' : lesson.captions.join(', ')}</dd>
        </div>
      </dl>
      {replacing ? (
        <>
          <Choice
            label="What becomes of what learners have watched?"
            name="progress"
            value={progress}
            onChange={setProgress}
            disabled={busy}
            options={[
              {
                value: 'auto',
                label: 'Decide by the length',
                hint: 'As long as before, within a second: it keeps counting. Otherwise it does not.',
              },
              {
                value: 'carry',
                label: 'It keeps counting',
                hint: 'For the same content, encoded anew or touched up.',
              },
              {
                value: 'void',
                label: 'It no longer counts',
                hint: 'For other content: learners watch the new video from the beginning. Who is complete stays complete.',
              },
            ]}
          />
          <VideoSource lessonId={lesson.id} progress={progress} onUploadComplete={onReplaced} onBusy={setBusy} />
          {!busy && (
            <div>
              <Button kind="quiet" onClick={close}>
                {replaced ? 'Done' : 'Keep the present video'}
              </Button>
            </div>
          )}
        </>
      ) : (
        <div>
          <Button onClick={() => setReplacing(true)}>Replace the video</Button>
        </div>
      )}
    </div>
  );
};
