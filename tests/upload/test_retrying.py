"""When a call of Mux is repeated, how long it waits, and what Retry-After may ask."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upload_service.retrying import Patience, Setback, Verb, asked_s, pause_s

PATIENCE = Patience(attempts=4, base_s=0.25, cap_s=4, asked_cap_s=10, deadline_s=20)
PASSING = Setback(passing=True)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def most(low: float, high: float) -> float:
    return high


def least(low: float, high: float) -> float:
    return low


@pytest.mark.parametrize(
    ("verb", "setback", "again"),
    [
        ("GET", PASSING, True),
        ("DELETE", PASSING, True),
        ("POST", PASSING, False),
        ("POST", Setback(passing=True, asked_s=1), False),
        ("POST", Setback(passing=True, unsent=True), True),
        ("GET", Setback(passing=False), False),
        ("POST", Setback(passing=False, unsent=True), False),
    ],
)
def test_only_what_can_do_no_harm_is_repeated(verb: Verb, setback: Setback, again: bool) -> None:
    """A creation only if nothing of it was sent; nothing that would fail the same way."""
    assert (pause_s(PATIENCE, verb, setback, failed=1, left_s=20) is not None) is again


def test_pauses_double_up_to_their_cap() -> None:
    """The longest that may be drawn; the shortest is none at all, which is what full jitter means."""
    long = Patience(attempts=100)
    drawn = [pause_s(long, "GET", PASSING, failed=n, left_s=20, draw=most) for n in range(1, 8)]
    assert drawn == [0.25, 0.5, 1, 2, 4, 4, 4]
    assert pause_s(long, "GET", PASSING, failed=5, left_s=20, draw=least) == 0


def test_attempts_are_counted_from_the_first() -> None:
    """Four attempts are three pauses."""
    pauses = [pause_s(PATIENCE, "GET", PASSING, failed=n, left_s=20) is not None for n in (1, 2, 3, 4)]
    assert pauses == [True, True, True, False]


def test_what_mux_asks_for_is_waited_for() -> None:
    """At least that long, and not at all if it asks for more than is bearable or than is left."""
    asked = Setback(passing=True, asked_s=3)
    assert pause_s(PATIENCE, "GET", asked, failed=1, left_s=20, draw=least) == 3
    assert pause_s(PATIENCE, "GET", asked, failed=1, left_s=20, draw=most) == 3.25
    assert pause_s(PATIENCE, "GET", asked, failed=1, left_s=3) is None
    assert pause_s(PATIENCE, "GET", Setback(passing=True, asked_s=10.5), failed=1, left_s=20) is None


@given(
    failed=st.integers(1, 2000),
    left_s=st.floats(0.001, 100),
    asked=st.none() | st.floats(0, 100),
    draw=st.floats(0, 1),
)
def test_a_pause_is_never_shorter_than_asked_nor_past_the_deadline(
    failed: int, left_s: float, asked: float | None, draw: float
) -> None:
    """Whatever is drawn, however often it has failed."""
    patience = Patience(attempts=5000)
    pause = pause_s(
        patience, "GET", Setback(True, asked_s=asked), failed=failed, left_s=left_s, draw=lambda low, high: high * draw
    )
    assert pause is None or (asked or 0) <= pause < left_s
    assert pause is None or pause <= (asked or 0) + patience.cap_s


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("12", 12),
        (" 0 ", 0),
        ("9" * 400, 86_400),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30),
        ("Thu, 01 Jan 2026 00:00:30 -0000", 30),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 0),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: int | None) -> None:
    """And anything else asks for nothing."""
    assert asked_s(header, NOW) == seconds
