import { describe, expect, it } from 'vitest';
import { canManage, userOfToken, usersOf } from './users';

const tokenOf = (claims: unknown) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;

describe('the demo’s users', () => {
  it('are read with their roles', () => {
    const demo = usersOf({
      users: [{ id: 'olga', name: 'Olga', role: 'owner', token: 't' }, { id: 'lea', role: 'learner', token: 'u' }],
    });
    expect(demo?.users.map(({ name, role }) => [name, role])).toEqual([['Olga', 'instructor'], ['lea', 'learner']]);
  });

  it('are none where the answer is something else', () => {
    expect(usersOf('<!doctype html>')).toBeNull();
    expect(usersOf({})).toBeNull();
  });
});

describe('a pasted token', () => {
  it('names its bearer and the strongest role', () => {
    const user = userOfToken(tokenOf({ sub: 'jürgen', roles: ['learner', 'instructor'] }));
    expect(user).toMatchObject({ id: 'jürgen', role: 'instructor' });
    expect(canManage(user)).toBe(true);
  });

  it.each(['', 'abc', 'a.b.c', tokenOf({ roles: [] })])('that says nothing is refused: %s', (token) => {
    expect(userOfToken(token)).toBeNull();
  });
});
