import { expect, it } from 'vitest';
import { parseEvents, readEvents, type ServerEvent } from './events';

const TEXT = ':\n\nid: 3\nevent: lesson\ndata: {"a":1}\n\n:\n\nevent: gone\ndata: x\ndata: y\n\n';
const EVENTS: ServerEvent[] = [
  { type: 'lesson', data: '{"a":1}', id: '3' },
  { type: 'gone', data: 'x\ny' },
];

it('reads events, leaves comments out and keeps what has not ended', () => {
  expect(parseEvents(TEXT)).toEqual({ events: EVENTS, left: '' });
  expect(parseEvents(`${TEXT}data: half`)).toEqual({ events: EVENTS, left: 'data: half' });
  expect(parseEvents('data:1\r\n\r\n')).toEqual({ events: [{ type: 'message', data: '1' }], left: '' });
});

it.each([1, 2, 7, 1000])('reads them in pieces of %i bytes', async (size) => {
  const bytes = new TextEncoder().encode(TEXT);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let i = 0; i < bytes.length; i += size) controller.enqueue(bytes.slice(i, i + size));
      controller.close();
    },
  });
  const seen: ServerEvent[] = [];
  await readEvents(body, (event) => seen.push(event));
  expect(seen).toEqual(EVENTS);
});
