/**
 * Calls of one service, held to its OpenAPI document by the type checker: a path, a parameter, a body or an answer that
 * the document does not have is an error before anything runs.
 */
import type { Http } from './http';

type Method = 'get' | 'put' | 'post' | 'delete';
type Value = string | number | boolean | null | undefined | readonly (string | number)[];

type PathsWith<Paths, M extends Method> = { [P in keyof Paths]: Paths[P] extends { [K in M]: object } ? P : never }[keyof Paths] & string;
type Operation<Paths, M extends Method, P extends keyof Paths> = Paths[P] extends { [K in M]: infer O } ? O : never;

type InPath<O> = O extends { parameters: { path: infer P } } ? { path: P } : unknown;
type InQuery<O> = O extends { parameters: { query: infer Q } }
  ? { query: Q }
  : O extends { parameters: { query?: infer Q } }
    ? { query?: Q }
    : unknown;
type InBody<O> = O extends { requestBody: { content: { 'application/json': infer B } } }
  ? { body: B }
  : O extends { requestBody?: never }
    ? unknown
    : O extends { requestBody?: { content: { 'application/json': infer B } } }
      ? { body?: B }
      : unknown;
type Asked<O> = InPath<O> & InQuery<O> & InBody<O> & { timeoutMs?: number };

type Success<R> = R[keyof R & (200 | 201 | 202)];
type Json<S> = S extends { content: { 'application/json': infer J } } ? J : never;
/** What an operation answers; nothing where that is 204. */
export type Answer<O> = O extends { responses: infer R } ? ([Success<R>] extends [never] ? undefined : Json<Success<R>>) : never;

type Call<Paths, M extends Method> = <P extends PathsWith<Paths, M>>(
  path: P,
  ...asked: object extends Asked<Operation<Paths, M, P>> ? [Asked<Operation<Paths, M, P>>?] : [Asked<Operation<Paths, M, P>>]
) => Promise<Answer<Operation<Paths, M, P>>>;

export type Service<Paths> = { [M in Method]: Call<Paths, M> };

/** `Paths` is what `make schemas` makes of the service's document. */
export const service = <Paths>(http: Http): Service<Paths> => {
  const calls = <M extends Method>(method: M): Call<Paths, M> =>
    ((path: string, asked: Given = {}) =>
      http.call(method.toUpperCase(), addressOf(path, asked.path, asked.query), asked.body, asked.timeoutMs)) as Call<Paths, M>;
  return { get: calls('get'), put: calls('put'), post: calls('post'), delete: calls('delete') };
};

interface Given {
  path?: Record<string, string>;
  query?: Record<string, Value>;
  body?: unknown;
  timeoutMs?: number;
}

/** `/api/lessons/{id}` with what stands in braces filled in; a query's members that are not given are left out. */
export const addressOf = (path: string, inPath: Record<string, string> = {}, query: Record<string, Value> = {}): string => {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(inPath[name] ?? ''));
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== '') said.append(name, String(one));
    }
  }
  return said.size === 0 ? filled : `${filled}?${said.toString()}`;
};
