"""How many reports a learner may send: a token bucket per learner in each process.

A report costs Kafka a record and the ledger a fold, whoever sends it and however genuine its grant. The count is each
replica's own, so that reporting waits for nobody: over all of them it is at most the limit times their number.
"""

from collections import OrderedDict
from math import ceil

from servicekit.errors import ServiceError

_REMEMBERED = 100_000
_ROUNDING_MS = 1e-3


class TooManyReports(ServiceError):
    """The beats may be sent again, in one report, after `Retry-After`: they are judged by their own times."""

    status, slug, title = 429, "too-many-requests", "Too many reports"


class ReportLimit:
    """`limit` reports at once, and as many again within `window_s`. The longest silent learners are forgotten first."""

    def __init__(self, limit: int, window_s: float, *, remember: int = _REMEMBERED) -> None:
        self._limit, self._window_ms, self._remember = limit, window_s * 1000, remember
        self._interval_ms = self._window_ms / limit
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, learner_id: str, *, now_ms: float) -> None:
        """One report. Raises TooManyReports with Retry-After (s)."""
        # A clock that was set back must not keep anybody waiting for longer than a window.
        known = min(self._full_at.get(learner_id, now_ms), now_ms + self._window_ms)
        full_at = max(known, now_ms) + self._interval_ms
        wait_ms = full_at - now_ms - self._window_ms
        if wait_ms > _ROUNDING_MS:
            self._full_at[learner_id] = known
            headers = {
                "Retry-After": str(max(1, ceil((wait_ms - _ROUNDING_MS) / 1000))),
                "RateLimit": f'"reports";r=0;t={ceil(self._window_ms / 1000)}',
                "RateLimit-Policy": f'"reports";q={self._limit};w={ceil(self._window_ms / 1000)}',
            }
            raise TooManyReports(headers=headers)
        self._full_at[learner_id] = full_at
        self._full_at.move_to_end(learner_id)
        if len(self._full_at) > self._remember:
            self._full_at.popitem(last=False)
