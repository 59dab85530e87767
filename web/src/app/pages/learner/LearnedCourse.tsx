import { useCallback } from 'react';
import { Link } from 'react-router';
import { useResource, useSeatimeApi, type CourseProgress, type CourseSummary } from '../../../seatime';
import { Meter } from '../../../seatime/ui/Meter';

/** A course on the first page, with how far its learner is. */
export const LearnedCourse = ({ course }: { course: CourseSummary }) => {
  const api = useSeatimeApi();
  const { data } = useResource(useCallback(() => api.courseProgress(course.id), [api, course.id]));
  return (
    <>
      <h2>
        <Link to={`/courses/${course.id}`}>{course.title}</Link>
      </h2>
      {data === undefined ? <p className="muted small">&nbsp;</p> : <Share progress={data} />}
    </>
  );
};

const Share = ({ progress }: { progress: CourseProgress }) => {
  const required = progress.lessons.filter((lesson) => lesson.required);
  const done = required.filter((lesson) => lesson.complete).length;
  const told = progress.complete ? 'Complete' : `${done} of ${required.length} required lessons complete`;
  return (
    <>
      <Meter
        label="Required lessons complete"
        value={required.length === 0 ? 0 : done / required.length}
        spoken={told}
        done={progress.complete}
      />
      <p className={progress.complete ? 'good small' : 'muted small'}>{told}</p>
    </>
  );
};
