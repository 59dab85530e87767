/** What became of a video after its last byte was sent: only the server knows. */
import { useCallback, useEffect, useState } from 'react';
import type { LessonStatus, ProcessingStatus, UploadState, UploadStatus } from '../api/types';
import { useSeatimeApi } from '../context';
import { Button } from '../ui/Button';
import { useResource } from '../useResource';
import { ProcessingState } from './ProcessingState';
import { useLessonEvents } from './useLessonEvents';

const POLL_MS = 1_500;
/** The stream tells of changes; this is for what it may miss. */
const POLL_BESIDE_STREAM_MS = 15_000;

interface FollowingProps {
  lessonId: string;
  uploadId: string;
  /** What is known already. */
  outcome: UploadStatus | null;
  onReady: ((assetId: string, playbackId: string) => void) | undefined;
  onAgain: () => void;
}

export const Following = ({ outcome, ...props }: FollowingProps) =>
  outcome !== null && SHOWN[outcome.status] === 'error' ? (
    <Outcome status="error" error={outcome.error} onAgain={props.onAgain} />
  ) : (
    <Watching {...props} />
  );

const Watching = ({ lessonId, uploadId, onReady, onAgain }: Omit<FollowingProps, 'outcome'>) => {
  const api = useSeatimeApi();
  const load = useCallback(async (): Promise<Found> => {
    const upload = await api.upload(uploadId);
    return { upload, lesson: upload.status === 'ready' ? await api.lesson(lessonId) : null };
  }, [api, lessonId, uploadId]);
  const [streaming, setStreaming] = useState(false);
  const { data, reload } = useResource(load, {
    pollEvery: ({ upload }) => (isOpen(upload.status) ? (streaming ? POLL_BESIDE_STREAM_MS : POLL_MS) : null),
  });
  const status = data ? SHOWN[data.upload.status] : 'processing';
  const lesson = data?.lesson ?? null;

  useEffect(() => {
    if (lesson !== null) onReady?.(lesson.muxAssetId ?? '', lesson.muxPlaybackId ?? '');
    // Told once per upload, whatever the parent makes of its callback.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [lesson !== null]);

  return (
    <>
      {status === 'processing' && <Stream lessonId={lessonId} onChange={reload} onStanding={setStreaming} />}
      <Outcome status={status} error={data?.upload.error} duration={lesson?.duration} onAgain={onAgain} />
    </>
  );
};

interface StreamProps {
  lessonId: string;
  onChange: () => void;
  onStanding: (standing: boolean) => void;
}

/** The stream stands only as long as this is shown. */
const Stream = ({ lessonId, onChange, onStanding }: StreamProps) => {
  const standing = useLessonEvents(lessonId, onChange);
  useEffect(() => onStanding(standing), [standing, onStanding]);
  return null;
};

interface OutcomeProps {
  status: ProcessingStatus;
  error: string | null | undefined;
  duration?: number | null | undefined;
  onAgain: () => void;
}

const Outcome = ({ status, error, duration, onAgain }: OutcomeProps) => (
  <>
    <ProcessingState status={status} error={error} duration={duration} />
    {status === 'error' && (
      <div>
        <Button small onClick={onAgain}>
          Upload another file
        </Button>
      </div>
    )}
  </>
);

interface Found {
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
