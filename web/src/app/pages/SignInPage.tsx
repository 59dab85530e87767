import { useState, type FormEvent } from 'react';
import { useSession } from '../session';

export const SignInPage = () => {
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
      <button type="submit" className="button primary">
        Sign in
      </button>
    </form>
  );
};
