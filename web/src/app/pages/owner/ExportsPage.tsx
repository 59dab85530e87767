/** Figures as files, for spreadsheets and notebooks. */
import { useCallback, useState } from 'react';
import { useResource, useSeatimeApi, type Course } from '../../../seatime';
import type { ExportFormat } from '../../../seatime/api/owner-types';
import { Button } from '../../../seatime/ui/Button';
import { Choice } from '../../../seatime/ui/Choice';
import { Problem } from '../../../seatime/ui/Problem';
import { useParam } from '../../useParam';
import { CourseHead } from './CourseHead';
import { Loaded } from './Loaded';
import { useDownload } from './useDownload';
import styles from './owner.module.css';

export default function ExportsPage() {
  const courseId = useParam('courseId');
  const api = useSeatimeApi();
  const course = useResource(useCallback(() => api.course(courseId), [api, courseId]));
  return (
    <div className="page">
      <CourseHead courseId={courseId} page="Exports" />
      <Loaded resource={course} what="Reading the course">
        {(found) => <Exports course={found} />}
      </Loaded>
    </div>
  );
}

type What = 'learners' | 'retention';

const Exports = ({ course }: { course: Course }) => {
  const api = useSeatimeApi();
  const download = useDownload();
  const lessons = [...course.lessons].sort((a, b) => a.position - b.position);
  const [what, setWhat] = useState<What>('learners');
  const [format, setFormat] = useState<ExportFormat>('csv');
  const [lessonId, setLessonId] = useState(lessons[0]?.id ?? '');

  const start = () => {
    download.start(() => (what === 'learners' ? api.owners.exportLearners(course.id, format) : api.owners.exportRetention(lessonId, format)));
  };

  return (
    <form
      className={`card ${styles.stack}`}
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <div className={styles.pair}>
        <Choice<What>
          label="What"
          name="what"
          value={what}
          onChange={setWhat}
          options={[
            { value: 'learners', label: 'Learners', hint: 'What each learner watched of each lesson: single people, for you alone.' },
            { value: 'retention', label: 'Retention of a lesson', hint: 'Second by second, viewers and replays.' },
          ]}
        />
        <Choice<ExportFormat>
          label="As"
          name="format"
          value={format}
          onChange={setFormat}
          options={[
            { value: 'csv', label: 'CSV', hint: 'For spreadsheets (RFC 4180, UTF-8).' },
            { value: 'jsonl', label: 'JSON Lines', hint: 'For programs: one object a line.' },
          ]}
        />
      </div>
      {what === 'retention' && (
        <div className={styles.bar}>
          <label>
            Lesson
            <select value={lessonId} onChange={(event) => setLessonId(event.target.value)}>
              {lessons.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </select>
          </label>
        </div>
      )}
      <div className={styles.bar}>
        <Button type="submit" kind="primary" disabled={download.busy || (what === 'retention' && lessonId === '')}>
          Download
        </Button>
        <p className="muted small" role="status" data-testid="download">
          {download.begun && 'Your browser is saving it, whatever its length. You may leave this page.'}
        </p>
      </div>
      {download.problem !== undefined && <Problem title="No file">{download.problem}</Problem>}
    </form>
  );
};
