import { expect, it } from 'vitest';
import { browser } from './surroundings';

const LONG_MS = 3_600_000;

it('waits until the connection is back', async () => {
  const waiting = browser.pause(LONG_MS, new AbortController().signal);
  window.dispatchEvent(new Event('online'));
  await waiting;
});

it('waits for as long as it was told', async () => {
  await browser.pause(1, new AbortController().signal);
});

it('ends with the reason when it is aborted, before or meanwhile', async () => {
  const end = new AbortController();
  const waiting = browser.pause(LONG_MS, end.signal);
  end.abort(new Error('paused'));
  await expect(waiting).rejects.toThrow('paused');
  await expect(browser.pause(LONG_MS, end.signal)).rejects.toThrow('paused');
});
