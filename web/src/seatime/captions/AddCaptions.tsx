import { useId, useState, type FormEvent } from 'react';
import { asProblem } from '../api/problem';
import { useSeatimeApi } from '../context';
import controls from '../controls.module.css';
import { languagesFor, ownName } from './languages';
import styles from './captions.module.css';

interface AddCaptionsProps {
  lessonId: string;
  onAdded: () => void;
}

/** Of the page's reader; a server that draws the page first has none. */
const READER = (typeof navigator === 'undefined' ? undefined : navigator.language) || 'en';

/** One form for both ways: a file that the author has, or a text that Mux makes of what is said. */
export const AddCaptions = ({ lessonId, onAdded }: AddCaptionsProps) => {
  const api = useSeatimeApi();
  const id = useId();
  const [generate, setGenerate] = useState(true);
  const [language, setLanguage] = useState(READER.split('-')[0] ?? 'en');
  const [file, setFile] = useState<File>();
  const [deaf, setDeaf] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const languages = languagesFor(READER, generate);
  const code = languages.some((one) => one.code === language) ? language : 'en';

  const add = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!generate && file === undefined) return;
    setBusy(true);
    setFailure(undefined);
    try {
      const about = { languageCode: code, name: ownName(code) + (deaf && !generate ? ' (CC)' : '') };
      const text = file === undefined || generate ? null : await file.text();
      await api.addCaption(lessonId, text === null ? { ...about, generate: true } : { ...about, vtt: text, closedCaptions: deaf });
      form.reset();
      setFile(undefined);
      onAdded();
    } catch (error) {
      setFailure(asProblem(error).message);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className={styles.add} onSubmit={(event) => void add(event)}>
      <fieldset className={styles.ways}>
        <legend>Add captions</legend>
        <label>
          <input type="radio" name={`${id}way`} checked={generate} onChange={() => setGenerate(true)} />
          Generate them from what is said
        </label>
        <label>
          <input type="radio" name={`${id}way`} checked={!generate} onChange={() => setGenerate(false)} />
          Upload a WebVTT file
        </label>
      </fieldset>
      <div className={styles.fields}>
        <label className={controls.field}>
          {generate ? 'Spoken language' : 'Language'}
          <select className={controls.input} value={code} onChange={(event) => setLanguage(event.target.value)}>
            {languages.map((one) => (
              <option key={one.code} value={one.code}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        {!generate && (
          <label className={controls.field}>
            File
            <input
              type="file"
              className={controls.input}
              accept=".vtt,text/vtt"
              required
              onChange={(event) => setFile(event.target.files?.[0])}
            />
          </label>
        )}
        <button type="submit" className={controls.button} disabled={busy}>
          {generate ? 'Generate' : 'Upload'}
        </button>
      </div>
      {!generate && (
        <label className={styles.check}>
          <input type="checkbox" checked={deaf} onChange={(event) => setDeaf(event.target.checked)} />
          It describes sounds too, for those who can’t hear them
        </label>
      )}
      {failure !== undefined && (
        <p role="alert" className={controls.problem}>
          <strong>Not added</strong>
          {failure}
        </p>
      )}
    </form>
  );
};
