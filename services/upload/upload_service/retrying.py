"""When a failed call of Mux is tried again, and how long it waits: full jitter, so that nobody's retries march in step.

A call that creates is tried again only if nothing of it was sent: whoever repeats a lost answer pays for two videos.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

Verb = Literal["GET", "DELETE", "PATCH", "POST"]
_IDEMPOTENT: frozenset[Verb] = frozenset({"GET", "DELETE", "PATCH"})  # ours only set values
_LONGEST_ASKED_S = 86_400


@dataclass(frozen=True, slots=True)
class Patience:
    """`attempts` in all, within `deadline_s`; pauses grow from `base_s` by doubling up to `cap_s`.

    A provider that asks for a longer wait than `asked_cap_s` is not waited for.
    """

    attempts: int = 4
    base_s: float = 0.25
    cap_s: float = 4
    asked_cap_s: float = 10
    deadline_s: float = 20


@dataclass(frozen=True, slots=True)
class Setback:
    """What is known of a failed attempt. `passing`: it may go better soon. `unsent`: no byte of the request left us.

    `asked_s` is the wait that the answer's Retry-After asks for.
    """

    passing: bool
    unsent: bool = False
    asked_s: float | None = None


def pause_s(
    patience: Patience,
    verb: Verb,
    setback: Setback,
    *,
    failed: int,
    left_s: float,
    draw: Callable[[float, float], float] = random.uniform,
) -> float | None:
    """How long to wait after the `failed`-th failure (from 1) with `left_s` to the deadline; None means give up."""
    repeatable = setback.passing and (verb in _IDEMPOTENT or setback.unsent)
    if not repeatable or failed >= patience.attempts:
        return None
    asked = setback.asked_s or 0
    if asked > patience.asked_cap_s:
        return None
    wait = asked + draw(0, min(patience.cap_s, patience.base_s * 2.0 ** min(failed - 1, 30)))
    return wait if wait < left_s else None


def asked_s(value: str | None, now: datetime) -> int | None:
    """The seconds that a Retry-After header asks for, given as a number or a date; None where it says neither."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), _LONGEST_ASKED_S)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    seconds = (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()
    return min(max(0, round(seconds)), _LONGEST_ASKED_S)
