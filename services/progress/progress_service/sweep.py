"""Forgetting sessions whose beats can come no more: their grants are over, and so is the log's retention."""

import asyncio
import time

from contracts import topics
from contracts.topic import DAY_MS
from progress_service import store
from progress_service.timing import HORIZON_MS
from servicekit.database import Pool, transaction
from servicekit.telemetry import get_logger

KEPT_MS = (topics.WATCH_PROGRESS.retention_days or 0) * DAY_MS + HORIZON_MS
_CHUNK = 5_000

log = get_logger(__name__)


async def forget_sessions(pool: Pool, now_ms: int) -> int:
    """Delete every session that ended longer ago than the log and the grace reach. Returns how many."""
    forgotten = 0
    while True:
        async with transaction(pool) as conn:
            chunk = await store.forget_sessions(conn, before_ms=now_ms - KEPT_MS, limit=_CHUNK)
        forgotten += chunk
        if chunk < _CHUNK:
            return forgotten


async def sweep(pool: Pool, *, every_s: float = 3600) -> None:
    """Forget sessions now and then, for ever."""
    while True:
        if forgotten := await forget_sessions(pool, time.time_ns() // 1_000_000):
            log.info("sessions forgotten", count=forgotten)
        await asyncio.sleep(every_s)
