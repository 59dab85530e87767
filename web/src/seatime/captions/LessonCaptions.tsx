/** A lesson's captions for its author: which there are, how they stand, and all that can be done with them. */
import { useCallback, useState } from 'react';
import type { Caption, CaptionStatus } from '../api/types';
import { useSeatimeApi } from '../context';
import controls from '../controls.module.css';
import { Badge, type Tone } from '../ui/Badge';
import { Button } from '../ui/Button';
import { Problem } from '../ui/Problem';
import { Skeleton } from '../ui/States';
import { useResource } from '../useResource';
import { useSaving } from '../useSaving';
import { AddCaptions } from './AddCaptions';
import { VttEditor } from './VttEditor';
import { nameFor } from './languages';
import styles from './captions.module.css';

const POLL_MS = 2_500;
const OPEN: readonly CaptionStatus[] = ['waiting', 'preparing'];

export interface LessonCaptionsProps {
  lessonId: string;
}

export const LessonCaptions = ({ lessonId }: LessonCaptionsProps) => {
  const api = useSeatimeApi();
  const { data, problem, reload } = useResource(
    useCallback(() => api.captions(lessonId), [api, lessonId]),
    { pollEvery: ({ captions }) => (captions.some(({ status }) => OPEN.includes(status)) ? POLL_MS : null) },
  );
  const [said, setSaid] = useState('');
  const changed = (what: string) => {
    setSaid(what);
    reload();
  };

  return (
    <div className={styles.captions}>
      {data === undefined && problem === undefined && <Skeleton what="Reading the captions" lines={3} />}
      {problem !== undefined && <Problem title="The captions could not be read">{problem.message}</Problem>}
      {data?.captions.length === 0 && <p className={controls.quiet}>No captions yet. They are also what learners search in.</p>}
      {data !== undefined && data.captions.length > 0 && (
        <ul className={styles.list}>
          {data.captions.map((caption) => (
            <Row key={caption.id} lessonId={lessonId} caption={caption} onChanged={changed} />
          ))}
        </ul>
      )}
      {data !== undefined && <AddCaptions lessonId={lessonId} onAdded={() => changed('Captions added.')} />}
      <p role="status" className={controls.hidden}>
        {said}
      </p>
    </div>
  );
};

interface RowProps {
  lessonId: string;
  caption: Caption;
  onChanged: (what: string) => void;
}

const Row = ({ lessonId, caption, onChanged }: RowProps) => {
  const api = useSeatimeApi();
  const [mode, setMode] = useState<'shown' | 'edited' | 'asked'>('shown');
  const removing = useSaving();
  const name = caption.name ?? nameFor(caption.languageCode, 'en');
  const remove = async () => {
    await api.deleteCaption(lessonId, caption.id);
    onChanged(`${name}: deleted.`);
  };
  return (
    <li className={styles.item} data-testid="caption">
      <div className={styles.facts}>
        <span className={styles.name}>
          <strong>{name}</strong>
          <span className={controls.quiet}>{aboutOf(caption)}</span>
        </span>
        <Badge tone={TONES[caption.status]}>{STATUS[caption.status]}</Badge>
        {caption.revision !== null && mode === 'shown' && (
          <span className={styles.actions}>
            <Action what="Edit" name={name} onClick={() => setMode('edited')} />
            <Action what="Delete" name={name} onClick={() => setMode('asked')} />
          </span>
        )}
      </div>
      <Why caption={caption} />
      {mode === 'asked' && (
        <div className={styles.ask} role="group" aria-label={`Delete ${name}`}>
          Delete these captions for everybody?
          <Action what="Yes, delete" name={name} onClick={() => void removing.run(remove)} />
          <Action what="Keep" name={name} onClick={() => setMode('shown')} />
        </div>
      )}
      {removing.problem !== undefined && <Problem title="Not deleted">{removing.problem.message}</Problem>}
      {mode === 'edited' && (
        <VttEditor
          lessonId={lessonId}
          caption={caption}
          onClose={() => setMode('shown')}
          onSaved={() => {
            setMode('shown');
            onChanged(`${name}: saved.`);
          }}
        />
      )}
    </li>
  );
};

const Action = ({ what, name, onClick }: { what: string; name: string; onClick: () => void }) => (
  <Button small aria-label={`${what}: ${name}`} onClick={onClick}>
    {what}
  </Button>
);

const STATUS: Record<CaptionStatus, string> = {
  waiting: 'Waiting',
  preparing: 'Preparing…',
  ready: 'Ready',
  errored: 'Failed',
  outdated: 'Outdated',
  deleted: 'Deleted',
};

const TONES: Record<CaptionStatus, Tone> = {
  waiting: 'accent',
  preparing: 'accent',
  ready: 'good',
  errored: 'bad',
  outdated: 'bad',
  deleted: 'plain',
};

const SOURCE: Record<string, string> = {
  uploaded: 'uploaded',
  generated: 'generated',
  generated_vod: 'generated',
  embedded: 'came with the video',
};

const aboutOf = ({ source, closedCaptions, languageCode }: Caption): string =>
  [
    nameFor(languageCode, 'en'),
    SOURCE[source ?? ''] ?? 'came with the video',
    closedCaptions ? 'describes sounds' : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');

const Why = ({ caption: { status, error } }: { caption: Caption }) => {
  if (status === 'outdated') {
    return <p className={controls.quiet}>Made for a video of another length: learners don’t see it until you edit it.</p>;
  }
  if (error === null || status === 'ready') return null;
  return <p className={controls.quiet}>{error.charAt(0).toUpperCase() + error.slice(1)}.</p>;
};
