import type { ExportTicket } from '../../../seatime/api/owner-types';

/** A download has begun long before; one that has is not ended by the frame's end. */
const FRAME_KEPT_MS = 10 * 60_000;

/**
 * Has the browser save the file that a ticket is for. A form hands it in, to a frame that nobody sees: a page can then
 * save what no memory holds, and the ticket is in no address. An attachment leaves the frame as it is; whatever is
 * loaded into it is a refusal, and is told to `onRefused`.
 */
export const handIn = ({ ticket, action }: ExportTicket, onRefused: (why: string) => void): void => {
  const frame = document.createElement('iframe');
  frame.name = `download-${crypto.randomUUID()}`;
  frame.hidden = true;
  document.body.append(frame);

  const form = document.createElement('form');
  form.method = 'post';
  form.action = action;
  form.target = frame.name;
  form.hidden = true;
  const field = document.createElement('input');
  field.type = 'hidden';
  field.name = 'ticket';
  field.value = ticket;
  form.append(field);
  document.body.append(form);

  // After the empty page with which every frame begins.
  frame.addEventListener('load', () => {
    if (isBlank(frame)) return;
    onRefused(reasonIn(frame));
    frame.remove();
  });
  form.submit();
  form.remove();
  setTimeout(() => frame.remove(), FRAME_KEPT_MS);
};

const isBlank = (frame: HTMLIFrameElement): boolean => {
  try {
    return frame.contentWindow?.location.href === 'about:blank';
  } catch {
    return false;
  }
};

/** The problem's own words; another origin's, and those of a line that was cut, can't be read. */
const reasonIn = (frame: HTMLIFrameElement): string => {
  try {
    const { detail, title } = JSON.parse(frame.contentDocument?.body.textContent ?? '') as Record<string, unknown>;
    for (const words of [detail, title]) if (typeof words === 'string') return words;
  } catch {
    // no problem of ours
  }
  return 'The file did not come. Check your connection.';
};
