"""What waits, told as metrics, and what is so old that the log of deliveries lets go of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import Counter, Gauge

from analytics_service.settings import WorkerSettings
from analytics_service.webhooks import store_sending
from servicekit.database import Pool, transaction

ATTEMPTS = Counter("seatime_webhook_attempts_total", "Attempts to deliver webhooks", ["event_type", "outcome"])
DISABLED = Counter("seatime_webhooks_disabled_total", "Endpoints that were given up because they failed or were gone")
PENDING = Gauge("seatime_webhook_pending", "Deliveries that wait for their first or another attempt")
OLDEST = Gauge("seatime_webhook_oldest_pending_seconds", "For how long the oldest delivery has been pending")
OVERDUE = Gauge("seatime_webhook_overdue_seconds", "For how long a delivery has been due without being tried")

_LOOK_EVERY_S = 10
_CLEAR_EVERY_S = 3_600
_CLEAR_AT_ONCE = 5_000
_UNWANTED_AFTER = timedelta(days=1)


@dataclass(slots=True)
class Observer:
    """Looks now and then, however often it is asked to."""

    pool: Pool
    settings: WorkerSettings
    clock: Callable[[], datetime]
    _looked: float = float("-inf")
    _cleared: float = float("-inf")

    async def look(self) -> None:
        """Tell what waits, and clear what is old, if it is time for that."""
        now = time.monotonic()
        if now - self._looked >= _LOOK_EVERY_S:
            self._looked = now
            async with transaction(self.pool, readonly=True) as conn:
                found = await store_sending.waiting(conn, self.clock())
            PENDING.set(found.pending)
            OLDEST.set(found.oldest_s)
            OVERDUE.set(found.overdue_s)
        if now - self._cleared >= _CLEAR_EVERY_S:
            gone = await clear(self.pool, self.settings, self.clock())
            self._cleared = now if gone < _CLEAR_AT_ONCE else now - _CLEAR_EVERY_S


async def clear(pool: Pool, settings: WorkerSettings, now: datetime) -> int:
    """Delete a batch of what is older than the log is to be; returns how many deliveries."""
    async with transaction(pool) as conn:
        keep = timedelta(seconds=settings.webhook_keep_s)
        return await store_sending.clear(conn, now - keep, now - _UNWANTED_AFTER, most=_CLEAR_AT_ONCE)
