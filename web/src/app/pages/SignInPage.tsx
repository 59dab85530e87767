import { useState, type FormEvent } from 'react';
import { Button } from '../../seatime/ui/Button';
import { useSession } from '../session';
import { useTitle } from '../useTitle';
import type { Role, User } from '../users';
import styles from './sign-in.module.css';

export const SignInPage = () => {
  useTitle('Sign in');
  const { demo } = useSession();
  return demo === null || demo.users.length === 0 ? <TokenForm /> : <DemoUsers users={demo.users} />;
};

const ROLES: readonly { role: Role; title: string; what: string }[] = [
  { role: 'learner', title: 'Learners', what: 'watch, and see what counts' },
  { role: 'instructor', title: 'Instructors', what: 'upload, set the rules, read the dashboards' },
  { role: 'admin', title: 'Administrators', what: 'run the platform' },
];

/** A demo is entered by name: by role, with what each one is there to show. */
const DemoUsers = ({ users }: { users: readonly User[] }) => {
  const { choose } = useSession();
  return (
    <div className={styles.demo}>
      <h1>Sign in</h1>
      <p className="muted">A demo: choose who you want to be. You can change it at any time.</p>
      {ROLES.map(({ role, title, what }) => {
        const some = users.filter((user) => user.role === role);
        if (some.length === 0) return null;
        return (
          <section key={role} className={styles.role} aria-labelledby={`role-${role}`}>
            <h2 id={`role-${role}`}>
              {title} <span className="muted">{what}</span>
            </h2>
            <ul className={styles.users}>
              {some.map((user) => (
                <li key={user.id}>
                  <button
                    type="button"
                    className={styles.user}
                    onClick={() => choose(user.id)}
                    data-testid={`sign-in-${user.id}`}
                  >
                    <strong>{user.name}</strong>
                    {user.note !== undefined && user.note !== '' && <span>{user.note}</span>}
                  </button>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
};

const TokenForm = () => {
  const { signIn } = useSession();
  const [token, setToken] = useState('');
  const [refused, setRefused] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setRefused(!signIn(token));
  };
  return (
    <form className="card narrow" onSubmit={submit}>
      <h1>Sign in</h1>
      <p className="muted">Paste the bearer token that your learning platform issued for you.</p>
      <label className="field">
        <span>Token</span>
        <textarea
          rows={4}
          value={token}
          onChange={(event) => setToken(event.target.value)}
          aria-invalid={refused}
          aria-describedby={refused ? 'token-refused' : undefined}
          autoComplete="off"
          spellCheck={false}
          required
        />
      </label>
      {refused && (
        <p id="token-refused" role="alert" className="bad">
          This is not a token that can be read.
        </p>
      )}
      <Button kind="primary" type="submit">
        Sign in
      </Button>
    </form>
  );
};
