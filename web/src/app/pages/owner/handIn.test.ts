import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handIn } from './handIn';

const ticket = { ticket: 't'.repeat(43), action: 'https://lms.example/api/analytics/exports', expiresAt: '2026-03-02T09:00:00Z' };

interface Submitted {
  address: string;
  method: string;
  fields: Record<string, unknown>;
  frame: HTMLIFrameElement;
}

let submitted: Submitted[];

beforeEach(() => {
  submitted = [];
  vi.spyOn(HTMLFormElement.prototype, 'submit').mockImplementation(function (this: HTMLFormElement) {
    const frame = document.querySelector<HTMLIFrameElement>(`iframe[name="${this.target}"]`);
    if (frame === null) throw new Error('the form has no frame');
    submitted.push({ address: this.action, method: this.method, fields: Object.fromEntries(new FormData(this)), frame });
  });
});
afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

/** What the server answered, as the frame has it once it is loaded. */
const loaded = (frame: HTMLIFrameElement, text: string) => {
  Object.defineProperty(frame, 'contentWindow', { value: { location: { href: ticket.action } } });
  Object.defineProperty(frame, 'contentDocument', { value: { body: { textContent: text } } });
  frame.dispatchEvent(new Event('load'));
};

describe('a ticket', () => {
  it('is handed in by a form, and is in no address', () => {
    handIn(ticket, () => undefined);
    const [{ address, method, fields } = {} as Submitted] = submitted;
    expect([address, method, fields]).toEqual([ticket.action, 'post', { ticket: ticket.ticket }]);
    expect(document.body.querySelector('form')).toBeNull();
    expect(document.body.innerHTML).not.toContain(ticket.ticket);
  });

  it('that is refused says why, and leaves nothing behind', () => {
    const refused = vi.fn();
    handIn(ticket, refused);
    const [{ frame } = {} as Submitted] = submitted;
    frame.dispatchEvent(new Event('load')); // the empty page
    expect(refused).not.toHaveBeenCalled();
    loaded(frame, '{"type": "urn:seatime:problem:ticket-over", "title": "The ticket was used", "status": 403}');
    expect(refused).toHaveBeenCalledExactlyOnceWith('The ticket was used');
    expect(document.querySelector('iframe')).toBeNull();
  });

  it.each(['', '<html>Bad gateway</html>', '[]', 'null'])('that is answered with something else is none: %j', (text) => {
    const refused = vi.fn();
    handIn(ticket, refused);
    const [{ frame } = {} as Submitted] = submitted;
    loaded(frame, text);
    expect(refused).toHaveBeenCalledExactlyOnceWith('The file did not come. Check your connection.');
  });

  it('has a frame of its own each time', () => {
    handIn(ticket, () => undefined);
    handIn(ticket, () => undefined);
    expect(new Set(submitted.map(({ frame }) => frame.name)).size).toBe(2);
  });
});
