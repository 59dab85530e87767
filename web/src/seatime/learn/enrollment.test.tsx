import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { OwnEnrollment } from '../api/types';
import { EnrollmentNotice, EnrollmentPill } from './EnrollmentNotice';
import { enrollmentWords, mayWatch, timeLeft, wordsChangeIn } from './enrollment';

afterEach(cleanup);

const NOW = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const inMs = (ms: number) => new Date(NOW + ms).toISOString();
const own = (standing: OwnEnrollment['standing'], access: OwnEnrollment['access'], expiresAt: string | null = null): OwnEnrollment => ({
  courseId: 'c1',
  standing,
  access,
  expiresAt,
});
const state = (enrollment: OwnEnrollment) => enrollmentWords(enrollment, NOW)?.state;

describe('what a learner is told of an enrolment', () => {
  it.each([
    ['nothing, enrolled for good', own('active', 'enrolled'), undefined],
    ['nothing, as an owner', own('none', 'owner'), undefined],
    ['nothing, as an administrator', own('expired', 'admin', inMs(-DAY)), undefined],
    ['the end, far away', own('active', 'enrolled', inMs(15 * DAY)), 'ends-later'],
    ['the end, with a warning', own('active', 'enrolled', inMs(14 * DAY)), 'ends-soon'],
    ['that it has ended', own('expired', null, inMs(-DAY)), 'expired'],
    ['that it is suspended', own('suspended', null), 'suspended'],
    ['that it is over', own('removed', null), 'removed'],
    ['that there is none', own('none', null), 'none'],
    ['that none is needed', own('none', 'public'), 'open-to-all'],
    ['that the course is closed', own('active', null), 'closed'],
  ])('is %s', (_, enrollment, expected) => {
    expect(state(enrollment)).toBe(expected);
  });

  it('never promises more time than there is', () => {
    expect([20 * 60_000, HOUR, 47 * HOUR + 59 * 60_000, 2 * DAY, 3 * DAY - 1].map(timeLeft)).toEqual([
      'less than an hour',
      '1 hour',
      '47 hours',
      '2 days',
      '2 days',
    ]);
  });

  it('changes by itself when the enrolment ends', () => {
    expect(wordsChangeIn(own('active', 'enrolled', inMs(60_000)), NOW)).toBe(60_500);
    expect(wordsChangeIn(own('active', 'enrolled', inMs(60 * DAY)), NOW)).toBe(DAY);
    expect(wordsChangeIn(own('active', 'enrolled', inMs(-1)), NOW)).toBeLessThan(10_000);
    expect(wordsChangeIn(own('expired', null, inMs(-1)), NOW)).toBeNull();
    expect(wordsChangeIn(own('active', 'enrolled'), NOW)).toBeNull();
  });
});

describe('whether to offer a lesson', () => {
  it('is for those who may watch, and for all as long as it is not known', () => {
    expect([undefined, own('active', 'enrolled'), own('none', 'public'), own('expired', null)].map(mayWatch)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('the notice and the pill', () => {
  it('say the same, at length and in short', () => {
    const ending = { own: own('active', 'enrolled', inMs(3 * DAY)), readAt: NOW };
    render(
      <>
        <EnrollmentNotice {...ending} />
        <EnrollmentPill {...ending} />
      </>,
    );
    const [notice, pill] = screen.getAllByTestId('enrollment');
    expect(notice?.textContent).toMatch(/^Your enrolment ends in 3 days\.You can watch until .*2026.*is kept\.$/);
    expect(pill?.textContent).toBe('Ends in 3 days');
    expect([notice, pill].map((one) => one?.dataset['state'])).toEqual(['ends-soon', 'ends-soon']);
  });

  it('are not there where there is nothing to say', () => {
    const { container } = render(<EnrollmentNotice own={own('active', 'enrolled')} readAt={NOW} />);
    expect(container.innerHTML).toBe('');
  });
});
