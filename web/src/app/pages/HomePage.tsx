import { useState, type FormEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { useSession } from '../session';
import { canManage } from '../users';

export const HomePage = () => {
  const { demo, user } = useSession();
  const courses = demo?.courses ?? [];
  return (
    <div className="page">
      <h1>Courses</h1>
      {courses.length > 0 && (
        <ul className="cards">
          {courses.map((course) => (
            <li key={course.id} className="card">
              <h2>
                <Link to={`/courses/${course.id}`}>{course.title}</Link>
              </h2>
              {canManage(user) && (
                <p className="links">
                  <Link to={`/courses/${course.id}/upload`}>Upload</Link>
                  <Link to={`/dashboard/courses/${course.id}`}>Dashboard</Link>
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
      <OpenCourse />
    </div>
  );
};

const OpenCourse = () => {
  const [id, setId] = useState('');
  const navigate = useNavigate();
  const open = (event: FormEvent) => {
    event.preventDefault();
    void navigate(`/courses/${encodeURIComponent(id.trim())}`);
  };
  return (
    <form className="inline" onSubmit={open}>
      <label className="field">
        <span>Open a course by its id</span>
        <input value={id} onChange={(event) => setId(event.target.value)} pattern="[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}" required />
      </label>
      <button type="submit" className="button">
        Open
      </button>
    </form>
  );
};
