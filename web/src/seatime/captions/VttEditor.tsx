import { useEffect, useId, useRef, useState } from 'react';
import { ApiProblem } from '../api/problem';
import type { Caption } from '../api/types';
import { useSeatimeApi } from '../context';
import controls from '../controls.module.css';
import { useSaving } from '../useSaving';
import { textWithVideo } from './spoken';
import styles from './captions.module.css';

interface VttEditorProps {
  lessonId: string;
  caption: Caption;
  onSaved: () => void;
  onClose: () => void;
}

interface Text {
  vtt: string;
  revision: number | null;
}

/** The captions' text, with what the server says is wrong in which line. */
export const VttEditor = ({ lessonId, caption, onSaved, onClose }: VttEditorProps) => {
  const api = useSeatimeApi();
  const [loaded, setLoaded] = useState<Text>();
  const [failure, setFailure] = useState<string>();
  const [round, setRound] = useState(0);
  const { id } = caption;
  const wanted = useRef(caption);

  useEffect(() => {
    const end = new AbortController();
    const read = async () => {
      const { vtt, revision } = await api.caption(lessonId, id);
      return { vtt: vtt ?? (await textWithVideo(api, lessonId, wanted.current, end.signal)), revision };
    };
    read().then(
      (text) => !end.signal.aborted && setLoaded(text),
      (error: unknown) => !end.signal.aborted && setFailure(error instanceof ApiProblem ? error.message : String(error)),
    );
    return () => end.abort();
  }, [api, lessonId, id, round]);

  if (failure !== undefined) {
    return (
      <div className={styles.editor}>
        <p role="alert" className={controls.problem}>
          <strong>The text could not be read</strong>
          {failure}
        </p>
        <Close onClose={onClose} />
      </div>
    );
  }
  if (loaded === undefined) {
    return (
      <p className={controls.quiet} role="status">
        Reading the text…
      </p>
    );
  }
  const reread = () => {
    setLoaded(undefined);
    setRound((n) => n + 1);
  };
  return (
    <Form
      key={round}
      lessonId={lessonId}
      id={id}
      text={loaded}
      label={`Text of ${caption.name ?? 'the captions'}, as WebVTT`}
      onSaved={onSaved}
      onClose={onClose}
      onReread={reread}
    />
  );
};

const Close = ({ onClose }: { onClose: () => void }) => (
  <button type="button" className={`${controls.button} ${controls.small}`} onClick={onClose}>
    Close
  </button>
);

interface FormProps {
  lessonId: string;
  id: string;
  text: Text;
  label: string;
  onSaved: () => void;
  onClose: () => void;
  onReread: () => void;
}

const Form = ({ lessonId, id, text, label, onSaved, onClose, onReread }: FormProps) => {
  const api = useSeatimeApi();
  const area = useRef<HTMLTextAreaElement>(null);
  const names = { field: useId(), problem: useId() };
  const [vtt, setVtt] = useState(text.vtt);
  const { run, busy, problem } = useSaving();

  useEffect(() => area.current?.focus(), []);
  useEffect(() => {
    if (problem !== undefined) showLine(area.current, problem.details['line']);
  }, [problem]);
  const save = async () => {
    await api.editCaption(lessonId, id, { vtt, ...(text.revision === null ? {} : { revision: text.revision }) });
    onSaved();
  };
  return (
    <form
      className={styles.editor}
      onSubmit={(event) => {
        event.preventDefault();
        void run(save);
      }}
    >
      <label className={controls.quiet} htmlFor={names.field}>
        {label}
      </label>
      <textarea
        ref={area}
        id={names.field}
        className={styles.area}
        value={vtt}
        rows={14}
        spellCheck
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : names.problem}
        onChange={(event) => setVtt(event.target.value)}
      />
      {problem !== undefined && (
        <div role="alert" id={names.problem} className={controls.problem}>
          <strong>Not saved</strong>
          {problem.message}
          {problem.slug === 'edited-meanwhile' && (
            <button type="button" className={`${controls.button} ${controls.small}`} onClick={onReread}>
              Read the newer text, and lose mine
            </button>
          )}
        </div>
      )}
      <div className={controls.row}>
        <button type="submit" className={`${controls.button} ${controls.primary} ${controls.small}`} disabled={busy}>
          {busy ? 'Saving…' : 'Save'}
        </button>
        <Close onClose={onClose} />
      </div>
    </form>
  );
};

/** Selects the line (counted from 1), so that the author stands where it is wrong. */
const showLine = (area: HTMLTextAreaElement | null, line: unknown) => {
  if (area === null || typeof line !== 'number') return;
  const lines = area.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = ((line - 1) / Math.max(1, lines.length)) * area.scrollHeight - area.clientHeight / 2;
};
