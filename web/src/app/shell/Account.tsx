import { Button } from '../../seatime/ui/Button';
import { useSession } from '../session';
import { ROLE_NAMES, type User } from '../users';
import styles from './shell.module.css';

/** Who is signed in; a demo's users are changed here. */
export const Account = ({ user }: { user: User }) => {
  const { demo, choose, signOut } = useSession();
  const fromDemo = demo !== null && demo.users.some(({ token }) => token === user.token);
  return (
    <div className={styles.account}>
      {fromDemo ? (
        <label className={styles.who}>
          <span>Signed in as</span>
          <select value={user.id} onChange={(event) => choose(event.target.value)} data-testid="user-switch">
            {demo.users.map(({ id, name, role }) => (
              <option key={id} value={id}>
                {name} ({ROLE_NAMES[role]})
              </option>
            ))}
          </select>
        </label>
      ) : (
        <span className={styles.who}>
          {user.name} ({ROLE_NAMES[user.role]})
        </span>
      )}
      <Button kind="quiet" small onClick={signOut}>
        Sign out
      </Button>
    </div>
  );
};
