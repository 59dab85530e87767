"""How many grants a learner may take, and how a player is told. The count itself is one statement in the store."""

from dataclasses import dataclass
from math import ceil, floor


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A bucket of `limit` grants per learner that fills up within `window_s` seconds."""

    limit: int = 60
    window_s: int = 60

    @property
    def interval_s(self) -> float:
        """How long one grant takes to come back (s)."""
        return self.window_s / self.limit

    def headers(self, until_full_s: float, *, allowed: bool) -> dict[str, str]:
        """The RateLimit-* fields of the IETF's httpapi drafts, and Retry-After (s) with a refusal."""
        left = floor((self.window_s - until_full_s) / self.interval_s + 1e-6) if allowed else 0
        fields = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, left)),
            "RateLimit-Reset": str(max(0, ceil(until_full_s))),
            "RateLimit-Policy": f"{self.limit};w={self.window_s}",
        }
        if not allowed:
            fields["Retry-After"] = str(max(1, ceil(until_full_s + self.interval_s - self.window_s)))
        return fields
