import { useId, useState } from 'react';
import { useSeatimeApi } from '../context';
import controls from '../controls.module.css';
import { Check, Choice } from '../ui/Choice';
import { Problem } from '../ui/Problem';
import { useSaving } from '../useSaving';
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
  const [round, setRound] = useState(0);
  const adding = useSaving();
  const languages = languagesFor(READER, generate);
  const code = languages.some((one) => one.code === language) ? language : 'en';

  const add = async () => {
    const about = { languageCode: code, name: ownName(code) + (deaf && !generate ? ' (CC)' : '') };
    if (generate) await api.addCaption(lessonId, { ...about, generate: true });
    else if (file !== undefined) await api.addCaption(lessonId, { ...about, vtt: await file.text(), closedCaptions: deaf });
    else return;
    setFile(undefined);
    setRound((n) => n + 1);
    onAdded();
  };

  return (
    <form className={styles.add} onSubmit={adding.submit(add)}>
      <Choice
        label="Add captions"
        name={`${id}way`}
        value={generate ? 'generate' : 'upload'}
        onChange={(way) => setGenerate(way === 'generate')}
        options={[
          { value: 'generate', label: 'Generate them from what is said' },
          { value: 'upload', label: 'Upload a WebVTT file' },
        ]}
      />
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
              key={round}
              type="file"
              className={controls.input}
              accept=".vtt,text/vtt"
              required
              onChange={(event) => setFile(event.target.files?.[0])}
            />
          </label>
        )}
        <button type="submit" className={controls.button} disabled={adding.busy}>
          {generate ? 'Generate' : 'Upload'}
        </button>
      </div>
      {!generate && (
        <Check label="It describes sounds too" hint="For those who can’t hear them." checked={deaf} onChange={setDeaf} />
      )}
      {adding.problem !== undefined && <Problem title="Not added">{adding.problem.message}</Problem>}
    </form>
  );
};
