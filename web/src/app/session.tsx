/**
 * Who is signed in. A demo stack offers its users by name; anywhere else a bearer token is
 * pasted, and lives only as long as the tab.
 */
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { createSeatimeApi, SeatimeProvider } from '../seatime';
import { userOfToken, usersOf, type DemoSession, type User } from './users';

export interface Session {
  loading: boolean;
  demo: DemoSession | null;
  user: User | null;
  choose: (userId: string) => void;
  /** Answers whether the token could be read. */
  signIn: (token: string) => boolean;
  signOut: () => void;
}

const SessionContext = createContext<Session | null>(null);
const CHOSEN = 'seatime.user';
const TOKEN = 'seatime.token';

const DEMO_TRIES = 5;

/** Null where this is no demo. An outage does not look like that: it is asked again for some seconds. */
const fetchDemo = async (tried = 1): Promise<DemoSession | null> => {
  try {
    const response = await fetch('/demo/session', { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(10_000) });
    if (response.ok) return usersOf(await response.json());
    if (response.status < 500) return null;
  } catch (error) {
    if (error instanceof SyntaxError) return null; // a page, not data
  }
  if (tried >= DEMO_TRIES) return null;
  await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** tried));
  return fetchDemo(tried + 1);
};

const pastedUser = (): User | null => userOfToken(sessionStorage.getItem(TOKEN) ?? '');

export const SessionProvider = ({ children }: { children: ReactNode }) => {
  const [demo, setDemo] = useState<DemoSession | null>();
  const [chosen, setChosen] = useState(() => sessionStorage.getItem(CHOSEN) ?? localStorage.getItem(CHOSEN));
  const [pasted, setPasted] = useState(pastedUser);

  useEffect(() => {
    let live = true;
    void fetchDemo().then((found) => live && setDemo(found));
    return () => {
      live = false;
    };
  }, []);

  const user = pasted ?? demo?.users.find((candidate) => candidate.id === chosen) ?? null;
  const token = user?.token ?? null;
  const api = useMemo(() => createSeatimeApi({ token: () => token }), [token]);

  const choose = useCallback((userId: string) => {
    // Per tab, so that owner and learner can stand side by side; the last choice opens new tabs.
    sessionStorage.setItem(CHOSEN, userId);
    localStorage.setItem(CHOSEN, userId);
    setChosen(userId);
  }, []);
  const signIn = useCallback((candidate: string) => {
    const found = userOfToken(candidate.trim());
    if (found === null) return false;
    sessionStorage.setItem(TOKEN, found.token);
    setPasted(found);
    return true;
  }, []);
  const signOut = useCallback(() => {
    sessionStorage.removeItem(TOKEN);
    sessionStorage.removeItem(CHOSEN);
    localStorage.removeItem(CHOSEN);
    setPasted(null);
    setChosen(null);
  }, []);

  const session: Session = { loading: demo === undefined, demo: demo ?? null, user, choose, signIn, signOut };
  return (
    <SessionContext.Provider value={session}>
      <SeatimeProvider api={api}>{children}</SeatimeProvider>
    </SessionContext.Provider>
  );
};

export const useSession = (): Session => {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('no <SessionProvider> above');
  return session;
};
