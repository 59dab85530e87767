import { Link } from 'react-router';
import { useSession } from './session';

const ROLES = { admin: 'admin', instructor: 'instructor', learner: 'learner' } as const;

export const Header = () => {
  const { demo, user, choose, signOut } = useSession();
  const fromDemo = demo !== null && user !== null && demo.users.some((candidate) => candidate.token === user.token);
  return (
    <header className="header">
      <Link to="/" className="brand">
        <img src="/favicon.svg" alt="" width="28" height="28" />
        Seatime
      </Link>
      {fromDemo && (
        <label className="who">
          <span>Signed in as</span>
          <select value={user.id} onChange={(event) => choose(event.target.value)} data-testid="user-switch">
            {demo.users.map((candidate) => (
              <option key={candidate.id} value={candidate.id}>
                {candidate.name} ({ROLES[candidate.role]})
              </option>
            ))}
          </select>
        </label>
      )}
      {user !== null && !fromDemo && (
        <div className="who">
          <span>
            {user.name} ({ROLES[user.role]})
          </span>
          <button type="button" className="button quiet" onClick={signOut}>
            Sign out
          </button>
        </div>
      )}
    </header>
  );
};
