import { fireEvent, screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import EnrollmentsPage from './EnrollmentsPage';
import { button, json, open, refusal, routes, sent, serve } from './served';

serve();

describe('many enrolments', () => {
  beforeEach(() => {
    routes['GET /api/courses'] = () => json({ courses: [{ id: 'c1', title: 'Ropes' }], next: null });
    routes['GET /api/courses/c1/enrollments'] = () => json({ enrollments: [], next: null });
  });

  it('are reported on by the line where they stand, the refused ones first', async () => {
    routes['PUT /api/courses/c1/enrollments'] = () =>
      json({
        changed: 1,
        unchanged: 0,
        refused: 1,
        rows: [
          { row: 0, learnerId: 'ada', outcome: 'changed', version: 1, problem: null },
          { row: 1, learnerId: null, outcome: 'refused', version: null, problem: 'status: should be active' },
        ],
      });
    open('/admin/enrollments?course=c1', <EnrollmentsPage />);
    const many = await screen.findByRole('region', { name: 'Enrol many' });
    fireEvent.change(within(many).getByRole('textbox'), { target: { value: 'learnerId,status\n\nada,active\nb o,perhaps\n' } });
    fireEvent.click(button('Apply 2 rows', many));
    const refused = await screen.findByTestId('report-refused');
    expect(refused.textContent).toBe('4b orefusedstatus: should be active');
    expect(within(many).getByRole('status').textContent).toBe('1 changed, 0 as they were, 1 refused.');
    expect(sent('PUT /api/courses/c1/enrollments')).toEqual([
      { enrollments: [{ learnerId: 'ada', status: 'active' }, { learnerId: 'b o', status: 'perhaps' }] },
    ]);
    const outcomes = within(many).getAllByTestId(/^report-/).map((row) => row.dataset['testid']);
    expect(outcomes).toEqual(['report-refused', 'report-changed']);
  });

  it('are kept in the form where nothing could be applied', async () => {
    routes['PUT /api/courses/c1/enrollments'] = () => refusal(403, 'not-course-owner', 'not yours');
    open('/admin/enrollments?course=c1', <EnrollmentsPage />);
    const many = await screen.findByRole('region', { name: 'Enrol many' });
    const area = within(many).getByRole<HTMLTextAreaElement>('textbox');
    fireEvent.change(area, { target: { value: 'ada' } });
    fireEvent.click(button('Apply 1 row', many));
    expect((await within(many).findByRole('alert')).textContent).toContain('Nothing was applied');
    expect(area.value).toBe('ada');
  });
});
