import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSeatimeApi } from '../api/client';
import type { LessonStatus } from '../api/types';
import { SeatimeProvider } from '../context';
import { LessonRulesEditor } from './LessonRulesEditor';
import { sentences } from './WhomItAffects';
import { parsePercent, rulesOf } from './lessonDraft';

const lesson = {
  id: 'l1',
  courseId: 'c1',
  title: 'Knots',
  position: 4,
  required: false,
  duration: 60,
  rules: { completionThreshold: null, requiredSegments: [[40, 50]], quizRequired: false },
} as unknown as LessonStatus;

interface Asked {
  method: string;
  url: string;
  body: Record<string, unknown>;
}
let asked: Asked[];
const affected = { complete: 3, kept: 1, wouldComplete: 2, incomplete: 4 };

beforeEach(() => {
  asked = [];
  vi.stubGlobal('fetch', async (url: string, { method, body }: { method: string; body: string }) => {
    const said = JSON.parse(body) as Record<string, unknown>;
    asked.push({ method, url, body: said });
    const answer = url.endsWith('/preview')
      ? { courseId: 'c1', learners: affected, lessons: { l1: affected } }
      : { ...lesson, rules: said['rules'] };
    return new Response(JSON.stringify(answer), { headers: { 'Content-Type': 'application/json' } });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const show = (onSaved = vi.fn()) => {
  const api = createSeatimeApi({ token: () => 't' });
  render(
    <SeatimeProvider api={api}>
      <LessonRulesEditor lesson={lesson} threshold={0.8} onSaved={onSaved} />
    </SeatimeProvider>,
  );
  return onSaved;
};

const press = (element: HTMLElement, ...keys: string[]) => keys.forEach((key) => fireEvent.keyDown(element, { key }));
const cursor = () => screen.getByRole('slider', { name: 'Place in the video' });
const edges = () =>
  screen
    .getAllByRole('slider')
    .filter((one) => one !== cursor())
    .map((one) => [one.getAttribute('aria-label'), one.getAttribute('aria-valuetext')]);
const previews = () => asked.filter(({ url }) => url.endsWith('/rules/preview'));

describe('required parts', () => {
  it('are drawn by keyboard: Enter where one begins, Enter where it ends', () => {
    show();
    press(cursor(), 'ArrowRight', 'ArrowRight', 'Enter', 'PageUp', 'ArrowRight', 'Enter');
    expect(edges()).toEqual([
      ['Part 1: begins', '0:02'],
      ['Part 1: ends', '0:13'],
      ['Part 2: begins', '0:40'],
      ['Part 2: ends', '0:50'],
    ]);
    expect(screen.getByTestId('required-total').textContent).toBe('0:21 of 1:00 required');
  });

  it('are given up by Escape, moved and taken away by keys on their edges', () => {
    show();
    press(cursor(), 'Enter', 'PageUp', 'Escape', 'Home');
    expect(edges()).toHaveLength(2);
    const [from] = screen.getAllByRole('slider', { name: 'Part 1: begins' });
    if (from === undefined) throw new Error('no edge');
    press(from, 'ArrowLeft', 'PageDown');
    expect(from.getAttribute('aria-valuetext')).toBe('0:29');
    press(from, 'Delete');
    expect(edges()).toEqual([]);
    expect(screen.getByText('Part 1 was removed.')).toBeTruthy();
  });

  it('are typed to the second', () => {
    show();
    const field = screen.getByLabelText('Part 1 from');
    fireEvent.change(field, { target: { value: '0:05' } });
    press(field, 'Enter');
    expect(edges()[0]).toEqual(['Part 1: begins', '0:05']);
    const to = screen.getByLabelText('Part 1 to');
    fireEvent.change(to, { target: { value: 'soon' } });
    fireEvent.blur(to);
    expect((screen.getByLabelText('Part 1 to') as HTMLInputElement).value).toBe('0:50');
  });

  it('are drawn with a pointer', () => {
    show();
    const track = cursor().parentElement;
    if (track === null) throw new Error('no track');
    track.setPointerCapture = vi.fn();
    track.getBoundingClientRect = () => ({ left: 0, width: 600 }) as DOMRect;
    // jsdom's pointer events know no place.
    const point = (type: string, clientX: number) =>
      fireEvent(track, new MouseEvent(type, { bubbles: true, button: 0, clientX }));
    point('pointerdown', 100);
    point('pointermove', 250);
    point('pointerup', 250);
    expect(edges().slice(0, 2)).toEqual([
      ['Part 1: begins', '0:10'],
      ['Part 1: ends', '0:25'],
    ]);
  });
});

describe('a change of rules', () => {
  it('tells whom it affects before it is saved, and asks once for a settled one', async () => {
    show();
    expect(screen.queryByTestId('affects')).toBeNull();
    press(cursor(), 'Enter', 'PageUp', 'Enter');
    await screen.findByText('2 learners who are not complete yet would be.', {}, { timeout: 10_000 });
    expect(previews()).toHaveLength(1);
    expect(previews()[0]?.body).toEqual({
      lessons: { l1: { completionThreshold: 0.8, requiredSegments: [[0, 10], [40, 50]], quizRequired: false } },
    });
    expect(asked.every(({ method }) => method === 'POST')).toBe(true);
  });

  it('is saved with all that the lesson is besides', async () => {
    const onSaved = show();
    fireEvent.click(screen.getByRole('radio', { name: 'This lesson has its own share' }));
    fireEvent.change(screen.getByLabelText(/in percent/), { target: { value: '72,5' } });
    fireEvent.click(screen.getByRole('checkbox', { name: /quiz/ }));
    fireEvent.click(screen.getByRole('button', { name: 'Save the rules' }));
    await waitFor(() => expect(onSaved).toHaveBeenCalled());
    expect(asked.find(({ method }) => method === 'PUT')).toMatchObject({
      url: '/api/courses/c1/lessons/l1',
      body: {
        title: 'Knots',
        position: 4,
        required: false,
        rules: { completionThreshold: 0.725, requiredSegments: [[40, 50]], quizRequired: true },
      },
    });
  });

  it('that is no rule can’t be saved, and says why', () => {
    show();
    fireEvent.click(screen.getByRole('radio', { name: 'This lesson has its own share' }));
    fireEvent.change(screen.getByLabelText(/in percent/), { target: { value: '120' } });
    expect(screen.getByText('A number above 0, up to 100.')).toBeTruthy();
    expect((screen.getByRole('button', { name: 'Save the rules' }) as HTMLButtonElement).disabled).toBe(true);
  });

  it('that changes nothing has nothing to save', () => {
    show();
    expect((screen.getByRole('button', { name: 'Save the rules' }) as HTMLButtonElement).disabled).toBe(true);
    expect(within(screen.getByTestId('rules-editor')).queryByTestId('affects')).toBeNull();
  });
});

describe('in figures', () => {
  it('nobody is counted twice', () => {
    expect(sentences(affected)).toEqual([
      '2 learners who are not complete yet would be.',
      '1 learner is complete by the present rules and would not be by these: that stays.',
      '2 learners are complete, and would be by these rules too.',
      '4 learners would still have something to watch.',
    ]);
    expect(sentences({ complete: 0, kept: 0, wouldComplete: 0, incomplete: 0 })).toEqual([
      'Nobody has begun yet: it affects no one.',
    ]);
  });

  it('a share is read as people write it', () => {
    expect(['90', '72,5', ' 80 % ', '0', '101', 'all', ''].map(parsePercent)).toEqual([0.9, 0.725, 0.8, null, null, null, null]);
    expect(rulesOf({ own: true, percent: 'x', segments: [], quiz: false }, 60)).toBeNull();
  });
});
