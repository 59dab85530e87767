import { Link } from 'react-router';
import type { CourseSummary } from '../../../seatime';

/** A course on the first page of who made it. */
export const AuthoredCourse = ({ course }: { course: CourseSummary }) => (
  <>
    <h2>
      <Link to={`/courses/${course.id}/manage`}>{course.title}</Link>
    </h2>
    <p className="muted small">
      {course.published ? 'Published' : 'Not published'}
      {course.public ? ' · public videos' : ''}
    </p>
    <p className="links">
      <Link to={`/courses/${course.id}`}>View</Link>
      <Link to={`/courses/${course.id}/upload`}>Upload</Link>
      <Link to={`/dashboard/courses/${course.id}`}>Dashboard</Link>
    </p>
  </>
);
