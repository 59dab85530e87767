"""How many grants may be taken, and how a player is told. The count itself is one statement in the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A bucket of `limit` grants that fills up within `window_s` seconds; `name` says whose bucket."""

    limit: int = 60
    window_s: int = 60
    name: str = "learner"

    @property
    def interval_us(self) -> int:
        """How long one grant takes to come back (µs)."""
        return self.window_s * 1_000_000 // self.limit

    @property
    def window_us(self) -> int:
        """The window (µs), a whole number of intervals, so that the bucket holds `limit` grants exactly."""
        return self.interval_us * self.limit

    @property
    def interval_s(self) -> float:
        return self.interval_us / 1_000_000

    def left(self, until_full_s: float) -> int:
        """How many grants a bucket that is so far (s) from being full still holds."""
        return max(0, floor((self.window_s - until_full_s) / self.interval_s + 1e-6))

    def headers(self, until_full_s: float, *, allowed: bool) -> dict[str, str]:
        """The RateLimit fields, and Retry-After (s) with a refusal.

        `RateLimit` is that of the IETF draft draft-ietf-httpapi-ratelimit-headers since its 8th version, the other
        three those of the versions before, which more clients read. `RateLimit-Policy` does not change: `policy`.
        """
        left = self.left(until_full_s) if allowed else 0
        reset = max(0, ceil(until_full_s))
        fields = {
            "RateLimit": f'"{self.name}";r={left};t={reset}',
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(left),
            "RateLimit-Reset": str(reset),
        }
        if not allowed:
            fields["Retry-After"] = str(max(1, ceil(until_full_s + self.interval_s - self.window_s)))
        return fields


def policy(limits: Sequence[RateLimit]) -> str:
    """All limits that hold, for `RateLimit-Policy`."""
    return ", ".join(f'"{limit.name}";q={limit.limit};w={limit.window_s}' for limit in limits)
