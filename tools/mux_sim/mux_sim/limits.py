"""Mux's documented rate limits as token buckets; the size of a burst isn't documented, so it is a guess here."""

import time

BURST_SECONDS = 5.0


class RateLimits:
    """One bucket per class of call: POST /video 1/s, other /video 5/s, monitoring 1/s, other /data 5/s."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}

    def admit(self, method: str, path: str) -> bool:
        kind, rate = _class_of(method, path)
        if not kind:
            return True
        now = time.monotonic()
        level, since = self._buckets.get(kind, (rate * BURST_SECONDS, now))
        level = min(rate * BURST_SECONDS, level + (now - since) * rate)
        admitted = level >= 1.0
        self._buckets[kind] = (level - 1.0 if admitted else level, now)
        return admitted


def _class_of(method: str, path: str) -> tuple[str, float]:
    if path.startswith("/video/"):
        return ("video-post", 1.0) if method == "POST" else ("video", 5.0)
    if path.startswith("/data/v1/monitoring"):
        return "monitoring", 1.0
    return ("data", 5.0) if path.startswith("/data/") else ("", 0.0)
