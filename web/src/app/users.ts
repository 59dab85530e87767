/** Reading who somebody is, from the demo's list or from a token. The servers verify; this only labels. */

export type Role = 'admin' | 'instructor' | 'learner';

export const ROLE_NAMES: Record<Role, string> = { admin: 'admin', instructor: 'instructor', learner: 'learner' };

export interface User {
  id: string;
  name: string;
  role: Role;
  /** What this one is there for, in a demo. */
  note?: string;
  token: string;
}

export interface DemoSession {
  users: User[];
}

const roleOf = (value: unknown): Role =>
  value === 'admin' || value === 'learner' ? value : value === 'owner' || value === 'instructor' ? 'instructor' : 'learner';

const list = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];

const text = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);

/** Null when this is not a demo's answer. */
export const usersOf = (body: unknown): DemoSession | null => {
  if (typeof body !== 'object' || body === null || !('users' in body)) return null;
  return {
    users: list(body.users).map((user) => ({
      id: text(user['id']),
      name: text(user['name'], text(user['id'])),
      role: roleOf(user['role']),
      note: text(user['note']),
      token: text(user['token']),
    })),
  };
};

const claimsOf = (token: string): Record<string, unknown> | null => {
  const payload = token.split('.')[1];
  if (payload === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : null;
  } catch {
    return null;
  }
};

/** Null when the token is none. */
export const userOfToken = (token: string): User | null => {
  const claims = claimsOf(token);
  const id = text(claims?.['sub']);
  if (claims === null || id === '') return null;
  const roles = Array.isArray(claims['roles']) ? claims['roles'] : [];
  const role = (['admin', 'instructor'] as const).find((candidate) => roles.includes(candidate)) ?? 'learner';
  return { id, name: text(claims['name'], id), role, token };
};

export const canManage = (user: User | null): boolean => user !== null && user.role !== 'learner';
