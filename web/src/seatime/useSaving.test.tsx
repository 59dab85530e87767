import { act, cleanup, fireEvent, render, renderHook, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem } from './api/problem';
import { SaveRow } from './ui/SaveRow';
import { useSaving } from './useSaving';

afterEach(cleanup);

const refusal = new ApiProblem(409, 'edited-meanwhile', 'Somebody else was faster.');

/** Work that ends when the test says so. */
const held = () => {
  let end: (error?: Error) => void = () => undefined;
  const work = vi.fn(() => new Promise<void>((resolve, reject) => (end = (error) => (error ? reject(error) : resolve()))));
  return { work, end: (error?: Error) => act(async () => end(error)) };
};

describe('something that is sent', () => {
  it('is sent once, however often it is asked for meanwhile', async () => {
    const { result } = renderHook(useSaving);
    const { work, end } = held();
    act(() => {
      void result.current.run(work);
      void result.current.run(work);
    });
    expect(result.current.busy).toBe(true);
    await end();
    expect(work).toHaveBeenCalledOnce();
    expect(result.current).toMatchObject({ busy: false, done: true, problem: undefined });
  });

  it('says why it failed, until it is tried again', async () => {
    const { result } = renderHook(useSaving);
    let answer: boolean | undefined;
    await act(async () => (answer = await result.current.run(() => Promise.reject(refusal))));
    expect([answer, result.current.busy, result.current.done, result.current.problem]).toEqual([false, false, false, refusal]);
    await act(async () => (answer = await result.current.run(() => Promise.resolve())));
    expect([answer, result.current.done, result.current.problem]).toEqual([true, true, undefined]);
  });

  it('is forgotten where its dialog is closed, but not while it is on its way', async () => {
    const { result } = renderHook(useSaving);
    const { work, end } = held();
    act(() => {
      void result.current.run(work);
      result.current.clear();
    });
    expect(result.current.busy).toBe(true);
    await end(refusal);
    expect(result.current.problem).toBe(refusal);
    act(() => result.current.clear());
    expect(result.current.problem).toBeUndefined();
  });
});

describe('the end of a form', () => {
  const Form = ({ work }: { work: () => Promise<void> }) => {
    const saving = useSaving();
    return (
      <form onSubmit={saving.submit(work)}>
        <SaveRow saving={saving} dirty={!saving.done} sound said="Kept." />
      </form>
    );
  };

  it('says that it was saved, or why not', async () => {
    let fails = true;
    render(<Form work={() => (fails ? Promise.reject(refusal) : Promise.resolve())} />);
    fireEvent.click(screen.getByText('Save'));
    expect((await screen.findByRole('alert')).textContent).toBe('Not savedSomebody else was faster.');
    fails = false;
    fireEvent.click(screen.getByText('Save'));
    await screen.findByText('Kept.');
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.getByText<HTMLButtonElement>('Save').disabled).toBe(true);
  });
});
