import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSeatimeApi } from './client';
import { addressOf } from './service';

afterEach(() => vi.unstubAllGlobals());

const answering = (response: () => Response) => {
  const fetched = vi.fn(async (...asked: [url: string, init: RequestInit]) => (asked.length > 0 ? response() : response()));
  vi.stubGlobal('fetch', fetched);
  return fetched;
};
const api = createSeatimeApi({ baseUrl: 'https://video.example.org', token: () => 'bearer' });

describe('an address', () => {
  it('has what stands in braces filled in, and no more of a query than is given', () => {
    expect(addressOf('/api/lessons/{lesson_id}', { lesson_id: 'a/b c' })).toBe('/api/lessons/a%2Fb%20c');
    expect(addressOf('/x', {}, { a: 'ä&b', none: undefined, gone: null, empty: '', no: false, many: ['1', '2'] })).toBe(
      '/x?a=%C3%A4%26b&no=false&many=1&many=2',
    );
  });
});

describe('a call', () => {
  it('goes where its service’s document says, with body and bearer', async () => {
    const fetched = answering(() => Response.json({ id: 'l1' }));
    await expect(api.putLesson('c1', 'l1', { title: 'One' })).resolves.toEqual({ id: 'l1' });
    const [url, init] = fetched.mock.calls[0] ?? [];
    expect(url).toBe('https://video.example.org/api/courses/c1/lessons/l1');
    expect(init).toMatchObject({ method: 'PUT', body: '{"title":"One"}', headers: { Authorization: 'Bearer bearer' } });
  });

  it('answers nothing to a 204, and a problem to what is no data', async () => {
    answering(() => new Response(null, { status: 204 }));
    await expect(api.cancelUpload('u1')).resolves.toBeUndefined();
    answering(() => new Response('<html>', { headers: { 'Content-Type': 'text/html' } }));
    await expect(api.course('c1')).rejects.toMatchObject({ name: 'ApiProblem', slug: 'not-json' });
  });

  it('is an error of types where the document has no such thing', () => {
    // @ts-expect-error: a body that the document does not know
    const wrongBody = () => api.putLesson('c1', 'l1', { name: 'One' });
    // @ts-expect-error: a member that no answer has
    const wrongAnswer = async () => (await api.lesson('l1')).nothing;
    expect([wrongBody, wrongAnswer]).toHaveLength(2);
  });
});
