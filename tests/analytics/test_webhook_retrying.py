"""What becomes of a delivery after an attempt, by the rules alone. Row F10."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_service.webhooks.retrying import (
    DELAYS_S,
    JITTER,
    LONGEST_REST_S,
    Answer,
    Verdict,
    delay_s,
    judge,
    rest_s,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PATIENCE = timedelta(days=5)


def judged(answer: Answer, *, tries: int = 1, failing_since: datetime | None = None, chance: float = 0.5) -> Verdict:
    return judge(answer, tries=tries, failing_since=failing_since, now=NOW, chance=chance, patience=PATIENCE)


def failure(status: int | None = 500, retry_after: str | None = None) -> Answer:
    return Answer(5, status=status, error=None if status else "no answer within 15 s", retry_after=retry_after)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_delivered(status: int) -> None:
    """Row F10: and nothing else is."""
    assert judged(Answer(5, status=status)) == Verdict("delivered")


@pytest.mark.parametrize("status", [None, 100, 199, 301, 302, 307, 400, 401, 403, 404, 429, 500, 503])
def test_everything_else_is_tried_again(status: int | None) -> None:
    """Row F10: silence, redirects, and what the receiver says is our fault or its own."""
    verdict = judged(failure(status))
    assert (verdict.outcome, verdict.due_at, verdict.disabled) == ("retried", NOW + timedelta(seconds=5), None)


def test_the_schedule_takes_about_a_day_and_then_gives_up() -> None:
    """Row F10: each delay is longer than the one before, the attempt after the last is the last."""
    assert list(DELAYS_S) == sorted(set(DELAYS_S))
    assert timedelta(hours=23) < timedelta(seconds=sum(DELAYS_S)) < timedelta(hours=25)
    outcomes = [judged(failure(), tries=tries).outcome for tries in range(1, len(DELAYS_S) + 2)]
    assert outcomes == ["retried"] * len(DELAYS_S) + ["failed"]


@given(st.integers(1, len(DELAYS_S)), st.floats(0, 1))
def test_delays_are_spread_and_never_reorder_the_schedule(tries: int, chance: float) -> None:
    """Row F10: by a fifth at most; the longest of one step is no longer than the shortest of the next."""
    plain = DELAYS_S[tries - 1]
    assert plain * (1 - JITTER) <= delay_s(tries, chance) <= plain * (1 + JITTER)
    assert delay_s(tries, 0) < plain < delay_s(tries, 1)
    if tries < len(DELAYS_S):
        assert delay_s(tries, 1) <= delay_s(tries + 1, 0)


def test_gone_disables_at_once() -> None:
    """Row F10: 410 says that it never wants anything again."""
    verdict = judged(Answer(5, status=410))
    assert (verdict.outcome, verdict.due_at) == ("gone", None)
    assert "410" in str(verdict.disabled)


@pytest.mark.parametrize(("days", "is_over"), [(0, False), (4.99, False), (5, True), (9, True)])
def test_who_only_fails_for_days_is_given_up_with_the_reason(days: float, is_over: bool) -> None:
    """Row F10: since when, and what the last attempt said."""
    verdict = judged(failure(503), failing_since=NOW - timedelta(days=days))
    assert (verdict.disabled is not None) == is_over
    if is_over:
        assert "2026-02-" in str(verdict.disabled)
        assert "answered 503" in str(verdict.disabled)
    assert judged(Answer(5, status=200), failing_since=NOW - timedelta(days=99)).disabled is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("999999999999999999999", LONGEST_REST_S),
        ("-5", 0),
        ("1.5", 0),
        ("soon", 0),
        ("²", 0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0),
        (format_datetime(NOW + timedelta(days=9), usegmt=True), LONGEST_REST_S),
        ("Mon, 02 Mar 2026 09:00:30 -0000", 30),
        ("Mon, 32 Mar 2026 09:00:30 GMT", 0),
    ],
)
def test_retry_after_is_obeyed_within_bounds(header: str | None, seconds: float) -> None:
    """Row F10: in seconds or as a date, for an hour at most; what cannot be read asks for nothing."""
    assert rest_s(header, NOW) == seconds
    verdict = judged(failure(429, header))
    assert verdict.rest_until == (NOW + timedelta(seconds=seconds) if seconds else None)
    assert verdict.due_at == NOW + timedelta(seconds=max(5, seconds))


@given(st.text(max_size=60))
def test_no_retry_after_breaks_anything(header: str) -> None:
    """Row F10: it is a stranger's text."""
    assert 0 <= rest_s(header, NOW) <= LONGEST_REST_S
