/** What one may open: a learner's courses with how far each is, an author's with what there is to do in it. */
import { useState } from 'react';
import { Button } from '../../seatime/ui/Button';
import { Failure, Notice, Skeleton } from '../Notice';
import { useSession } from '../session';
import { useCourses } from '../useCourses';
import { useTitle } from '../useTitle';
import { canManage } from '../users';
import { AuthoredCourse } from './author/AuthoredCourse';
import { NewCourse } from './author/NewCourse';
import { LearnedCourses } from './learner/LearnedCourses';

export default function HomePage() {
  const { user } = useSession();
  const author = canManage(user);
  const title = author ? 'Courses' : 'My courses';
  useTitle(title);
  const { data, problem, reload } = useCourses();
  const [making, setMaking] = useState(false);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{title}</h1>
        {author && (
          <Button kind="primary" onClick={() => setMaking(true)} aria-expanded={making}>
            New course
          </Button>
        )}
      </div>
      {making && <NewCourse onDone={() => setMaking(false)} />}
      {data !== undefined &&
        data.length > 0 &&
        (author ? (
          <ul className="cards">
            {data.map((course) => (
              <li key={course.id} className="card course-card">
                <AuthoredCourse course={course} />
              </li>
            ))}
          </ul>
        ) : (
          <LearnedCourses courses={data} />
        ))}
      {data?.length === 0 &&
        (author ? (
          <Notice title="No courses yet" message="Make the first one, then add lessons and their videos." />
        ) : (
          <Notice title="No courses yet" message="A course appears here once it is published." />
        ))}
      {data === undefined && problem !== undefined && <Failure problem={problem} onRetry={reload} />}
      {data === undefined && problem === undefined && <Skeleton what="Loading the courses" lines={4} />}
    </div>
  );
}
