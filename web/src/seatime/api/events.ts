/** Server-sent events from a fetch, because EventSource can't carry a bearer token. */

export interface ServerEvent {
  type: string;
  data: string;
  /** What to come back with in `Last-Event-ID`. */
  id?: string;
}

/** The server says something at least every 15 s; who hears nothing for so long is cut off. */
const SILENCE_MS = 45_000;

/** Whole events in `text`, and what is left of one that has not ended yet. Comments say nothing. */
export const parseEvents = (text: string): { events: ServerEvent[]; left: string } => {
  const blocks = text.replaceAll('\r\n', '\n').split('\n\n');
  const left = blocks.pop() ?? '';
  const events = blocks.map(eventOf).filter((event) => event !== null);
  return { events, left };
};

const eventOf = (block: string): ServerEvent | null => {
  const lines = block.split('\n');
  const values = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).replace(/^ /, ''));
  const data = values('data');
  if (data.length === 0) return null;
  const id = values('id').at(-1);
  return { type: values('event').at(-1) ?? 'message', data: data.join('\n'), ...(id === undefined ? {} : { id }) };
};

/** Reads until the stream ends. Throws when it breaks or falls silent. */
export const readEvents = async (body: ReadableStream<Uint8Array>, onEvent: (event: ServerEvent) => void): Promise<void> => {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await within(SILENCE_MS, reader);
    if (done) return;
    const { events, left } = parseEvents(text + decoder.decode(value, { stream: true }));
    text = left;
    events.forEach(onEvent);
  }
};

const within = async (ms: number, reader: ReadableStreamDefaultReader<Uint8Array>) => {
  const timer = setTimeout(() => void reader.cancel('silence').catch(() => undefined), ms);
  try {
    return await reader.read();
  } finally {
    clearTimeout(timer);
  }
};
