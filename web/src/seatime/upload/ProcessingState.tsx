import type { ProcessingStatus } from '../api/types';
import { clock } from '../format';
import { Badge, type Tone } from '../ui/Badge';
import styles from './upload.module.css';

interface ProcessingStateProps {
  status: ProcessingStatus;
  error?: string | null | undefined;
  duration?: number | null | undefined;
  /** The badge alone. */
  brief?: boolean;
}

const LABELS: Record<ProcessingStatus, string> = {
  pending: 'No video yet',
  processing: 'Processing…',
  ready: 'Ready',
  error: 'Failed',
};

const TONES: Record<ProcessingStatus, Tone> = { pending: 'plain', processing: 'accent', ready: 'good', error: 'bad' };

/** Where a lesson's video stands, and the reason where it failed. */
export const ProcessingState = ({ status, error, duration, brief = false }: ProcessingStateProps) => (
  <div className={styles.state} data-status={status} role={brief ? undefined : 'status'}>
    <Badge tone={TONES[status]}>{LABELS[status]}</Badge>
    {!brief && <Explanation status={status} error={error} duration={duration} />}
  </div>
);

const Explanation = ({ status, error, duration }: ProcessingStateProps) => (
  <>
    {status === 'processing' && <span>The video is being transcoded. You may leave this page.</span>}
    {status === 'ready' && duration != null && <span>{clock(duration)} long</span>}
    {status === 'error' && <span>{error ?? 'The video could not be prepared.'}</span>}
  </>
);
