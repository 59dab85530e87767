"""How long tokens and grants live. Pure; seconds since 1970 throughout.

A token's end is the end of a time bucket, so that every viewer of a video in the same bucket can be handed the same
signature. Buckets are a tenth of the life, and start at another moment for every video.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

_REFRESH_AT = 0.8
_AHEAD = 0.2


@dataclass(frozen=True, slots=True)
class Bucket:
    """A stretch of time in which tokens of a video end together, and when those of the next one do."""

    token_end: int
    next_at: int
    next_token_end: int

    def is_ending(self, now: float) -> bool:
        """Its last fifth: the time to have the next one's tokens made."""
        return self.next_at - now < (self.next_token_end - self.token_end) * _AHEAD


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Policy: a token lives for twice the video's duration, within [`min_s`, `max_s`]; never longer than `max_s`."""

    min_s: int = 600
    max_s: int = 3600
    grant_min_s: int = 4 * 3600
    grant_max_s: int = 12 * 3600

    def ttl_s(self, duration_ms: int | None) -> int:
        """The longest that a token for such a video may live (s)."""
        wanted = self.max_s if duration_ms is None else math.ceil(2 * duration_ms / 1000)
        return min(self.max_s, max(self.min_s, wanted))

    def bucket(self, now: float, *, video: str, duration_ms: int | None) -> "Bucket":
        """The bucket that `now` falls into for such a video."""
        ttl = self.ttl_s(duration_ms)
        length = max(1, ttl // 10)
        phase = crc32(video.encode()) % length
        start = math.floor((now - phase) / length) * length + phase
        return Bucket(token_end=start + ttl, next_at=start + length, next_token_end=start + length + ttl)

    def token_end(self, now: float, *, video: str, duration_ms: int | None, until: datetime | None) -> int:
        """When a token issued now ends: between 0.9 and 1 times its ttl from now, and never after the right does."""
        return not_after(until, self.bucket(now, video=video, duration_ms=duration_ms).token_end)

    def grant_end(self, now: float, *, duration_ms: int | None, until: datetime | None) -> int:
        """When a watch grant ends: it must cover the watching, with its pauses."""
        wanted = max(self.grant_min_s, 2 * (duration_ms or 0) // 1000)
        return not_after(until, math.floor(now) + min(wanted, self.grant_max_s))


def refresh_after_s(now: float, end: int) -> int:
    """Seconds from now at which a player should ask anew: at 80 % of what is left."""
    return max(1, math.floor((end - now) * _REFRESH_AT))


def not_after(until: datetime | None, end: int) -> int:
    """The earlier of the two, as seconds since 1970."""
    return end if until is None else min(end, math.floor(until.timestamp()))
