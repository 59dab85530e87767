import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Confirm } from './Dialog';
import { Field, Input } from './Field';
import { Menu } from './Menu';
import { Meter } from './Meter';
import { Tabs } from './Tabs';

afterEach(cleanup);

describe('a question before something that can’t be undone', () => {
  const Asking = ({ onConfirm }: { onConfirm: () => void }) => {
    const [open, setOpen] = useState(false);
    return (
      <>
        <button type="button" onClick={() => setOpen(true)}>
          Delete…
        </button>
        <Confirm open={open} onClose={() => setOpen(false)} title="Delete it?" action="Delete the lesson" onConfirm={onConfirm}>
          <p>Its video goes, too.</p>
        </Confirm>
      </>
    );
  };

  it('is named, says what happens, and is left by Escape', async () => {
    const onConfirm = vi.fn();
    render(<Asking onConfirm={onConfirm} />);
    fireEvent.click(screen.getByText('Delete…'));
    const dialog = await screen.findByRole('alertdialog', { name: 'Delete it?' });
    expect(document.getElementById(dialog.getAttribute('aria-describedby') ?? '')?.textContent).toBe('Its video goes, too.');
    fireEvent.keyDown(dialog, { key: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(onConfirm).not.toHaveBeenCalled();
  });

  it('does it when its button is pressed', async () => {
    const onConfirm = vi.fn();
    render(<Asking onConfirm={onConfirm} />);
    fireEvent.click(screen.getByText('Delete…'));
    fireEvent.click(await screen.findByRole('button', { name: 'Delete the lesson' }));
    expect(onConfirm).toHaveBeenCalledOnce();
  });
});

describe('a menu', () => {
  it('opens by keyboard and does what is chosen', async () => {
    const onSelect = vi.fn();
    render(<Menu label="Actions" items={[{ label: 'Edit', onSelect }, { label: 'Delete', onSelect: vi.fn() }]} />);
    const trigger = screen.getByRole('button', { name: 'Actions' });
    trigger.focus();
    fireEvent.keyDown(trigger, { key: 'ArrowDown' });
    const edit = await screen.findByRole('menuitem', { name: 'Edit' });
    await waitFor(() => expect(screen.getByRole('menu').contains(document.activeElement)).toBe(true));
    fireEvent.click(edit);
    expect(onSelect).toHaveBeenCalledOnce();
    await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
    expect(screen.getByRole('button', { name: 'Actions' })).toBe(document.activeElement);
  });
});

describe('tabs', () => {
  it('are moved between with arrow keys', async () => {
    const onChange = vi.fn();
    const tabs = ['one', 'two'].map((value) => ({ value, label: value, content: <p>{value} of two</p> }));
    render(<Tabs label="Parts" tabs={tabs} value="one" onChange={onChange} />);
    expect(screen.getByRole('tabpanel').textContent).toBe('one of two');
    const first = screen.getByRole('tab', { name: 'one' });
    first.focus();
    fireEvent.keyDown(first, { key: 'ArrowRight' });
    await waitFor(() => expect(onChange).toHaveBeenCalledWith('two'));
  });
});

describe('a field', () => {
  it('is tied to its label, and told to be wrong', () => {
    render(
      <Field label="Share" hint="In percent." error="A number.">
        <Input value="x" onChange={() => undefined} />
      </Field>,
    );
    const input = screen.getByLabelText('Share');
    expect(input.getAttribute('aria-invalid')).toBe('true');
    const described = (input.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent);
    expect(described).toEqual(expect.arrayContaining(['In percent.', 'A number.']));
  });
});

describe('a meter', () => {
  it('is read out in words', () => {
    render(<Meter label="Lessons" value={0.5} spoken="1 of 2" />);
    expect(screen.getByRole('meter', { name: 'Lessons' }).getAttribute('aria-valuetext')).toBe('1 of 2');
  });
});
