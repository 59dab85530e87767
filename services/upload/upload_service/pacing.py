"""Mux's rate limits, kept by us: a call that would be refused with 429 waits here, in line, instead of there.

The generic cell rate algorithm: all that is remembered is when the next call would be due at the sustained rate.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_s` calls a second for ever, of which `burst` may come at once."""

    per_s: float
    burst: int


def reserve(rate: Rate, due_at: float, now: float) -> tuple[float, float]:
    """(how long this call waits, when the one after it is due), from when this one is due; times in seconds."""
    interval = 1 / rate.per_s
    wait = max(0.0, due_at - (rate.burst - 1) * interval - now)
    return wait, max(due_at, now) + interval


@dataclass
class Line:
    """The callers of one kind of call, in the order in which they came. Not for use from several threads."""

    rate: Rate
    clock: Callable[[], float]
    _due_at: float = field(default=-math.inf)

    def take(self, patience_s: float, *, bulk: bool = False) -> tuple[bool, float]:
        """(True, seconds to wait before the call), or (False, seconds that it would be): then no place is taken.

        Bulk work goes at once or not at all, and leaves the burst to others.
        """
        rate = Rate(self.rate.per_s, 1) if bulk else self.rate
        wait, due_at = reserve(rate, self._due_at, self.clock())
        if wait > (0 if bulk else patience_s):
            return False, wait
        self._due_at = due_at
        return True, wait
