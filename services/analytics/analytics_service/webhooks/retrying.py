"""What becomes of a delivery after an attempt. Pure.

An attempt that fails is followed by the next one after a delay that grows, over about a day in all. A receiver that
fails for days, or says that it is gone, is not asked any more until somebody enables it again.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Literal

DELAYS_S = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600, 36_000)
"""After the first attempt, the second, and so on; the attempt after the last delay is the last. About 23.7 h in all."""

JITTER = 0.2
"""Delays are longer or shorter by up to this share, so that what failed together does not come back together."""

LONGEST_REST_S = 3_600
"""A receiver may ask for no more by Retry-After."""

Outcome = Literal["delivered", "retried", "failed", "gone"]


@dataclass(frozen=True, slots=True)
class Answer:
    """How an attempt went: the status, or what was in the way; the first bytes of the answer, made printable."""

    duration_ms: int
    status: int | None = None
    error: str | None = None
    text: str = ""
    retry_after: str | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def complaint(self) -> str | None:
        """What was wrong, in words; None where nothing was."""
        if self.is_success:
            return None
        if self.status is None:
            return self.error
        if 300 <= self.status < 400:
            return f"answered {self.status}: redirects are not followed"
        return f"answered {self.status}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`due_at` is when to try again; `rest_until` is for all of the endpoint; `disabled` is the reason if it is."""

    outcome: Outcome
    due_at: datetime | None = None
    rest_until: datetime | None = None
    disabled: str | None = None


def judge(
    answer: Answer, *, tries: int, failing_since: datetime | None, now: datetime, chance: float, patience: timedelta
) -> Verdict:
    """`tries` counts attempts of this delivery with this one; `chance` is random, from 0 to 1.

    `patience` is for how long an endpoint may do nothing but fail.
    """
    if answer.is_success:
        return Verdict("delivered")
    if answer.status == HTTPStatus.GONE:
        return Verdict("gone", disabled="the receiver answered 410 Gone")
    disabled = None
    if failing_since is not None and now - failing_since >= patience:
        since = failing_since.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
        disabled = f"nothing could be delivered since {since} UTC; the last attempt: {answer.complaint}"
    rest = rest_s(answer.retry_after, now)
    rest_until = now + timedelta(seconds=rest) if rest else None
    if tries > len(DELAYS_S):
        return Verdict("failed", rest_until=rest_until, disabled=disabled)
    return Verdict("retried", now + timedelta(seconds=max(delay_s(tries, chance), rest)), rest_until, disabled)


def delay_s(tries: int, chance: float) -> float:
    """From the attempt of that number to the next one."""
    return DELAYS_S[tries - 1] * (1 + JITTER * (2 * chance - 1))


def rest_s(retry_after: str | None, now: datetime) -> float:
    """What Retry-After asks for, in seconds or as a date (RFC 9110, 10.2.3), within bounds; 0 if it cannot be read."""
    if not retry_after:
        return 0
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), LONGEST_REST_S)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0), LONGEST_REST_S)
