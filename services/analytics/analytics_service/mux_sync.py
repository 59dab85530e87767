"""Mux's figures, fetched in turns: one replica asks, the others leave it alone, and what fails leaves the old figures.

A turn asks about the days that are due, each committed by itself with the time at which it was asked, so that a turn
that breaks off has lost nothing; then it samples some views, compares, and says which lessons drift.
"""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from prometheus_client import Counter, Gauge

from analytics_service import drifting, mux_data, store_mux
from analytics_service.mux_data import Account, MuxData, MuxUnavailable
from analytics_service.settings import WorkerSettings
from analytics_service.store_mux import Kind, SampledView
from analytics_service.sync_days import due
from servicekit.database import Pool, transaction
from servicekit.errors import DatabaseUnavailable
from servicekit.health import Degraded
from servicekit.telemetry import get_logger

TURNS = Counter("seatime_mux_sync_turns_total", "Turns of asking Mux for its figures", ["outcome"])
SYNCED_AT = Gauge("seatime_mux_synced_timestamp_seconds", "When Mux last answered everything that was due")

_LEASE_S = 60.0
"""For how long nobody else asks after whoever asked has died."""
_HOLD_EVERY_S = 15.0

_LOOK_EVERY_S = 5
_KEPT_SAMPLE_DAYS = 90

log = get_logger(__name__)


@asynccontextmanager
async def running(settings: WorkerSettings, pool: Pool) -> "AsyncIterator[MuxSync | None]":
    """The sync with its connections, or nothing where no token is given."""
    if not settings.mux_token_id:
        yield None
        return
    account = Account(
        base_url=settings.mux_base_url,
        token_id=settings.mux_token_id,
        token_secret=settings.mux_token_secret.get_secret_value(),
        calls_per_s=settings.mux_sync_calls_per_s,
        timeout_s=settings.mux_sync_timeout_s,
    )
    async with mux_data.connect(account) as mux:
        yield MuxSync(pool, mux, settings)


@dataclass(slots=True)
class MuxSync:
    """Run it in every worker: turns are taken in the database."""

    pool: Pool
    mux: MuxData
    settings: WorkerSettings
    failing: str | None = None

    async def run(self) -> None:
        """Take turns for ever."""
        while True:
            await self.turn()
            await asyncio.sleep(min(_LOOK_EVERY_S, self.settings.mux_sync_every_s))

    async def check(self) -> None:
        """A readiness check that is never red: raises Degraded while Mux does not answer."""
        if self.failing is not None:
            raise Degraded(f"Mux's figures are old: {self.failing}")

    async def turn(self) -> bool:
        """Ask what is due, if it is our turn. Whether it was."""
        async with transaction(self.pool) as conn:
            if not await store_mux.take_turn(conn, lease_s=_LEASE_S):
                return False
        try:
            async with self._holding():
                await self._ask()
        except MuxUnavailable as error:
            await self._failed(error)
            return True
        async with transaction(self.pool) as conn:
            await store_mux.end_turn(conn, next_in_s=self.settings.mux_sync_every_s, error=None)
            await drifting.note(conn, self.settings)
        self.failing = None
        TURNS.labels("ok").inc()
        SYNCED_AT.set_to_current_time()
        return True

    @asynccontextmanager
    async def _holding(self) -> AsyncIterator[None]:
        """Mux answers a call a second: a turn may take an hour, and is ours for as long as we live."""
        beating = asyncio.create_task(self._hold())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)

    async def _hold(self) -> None:
        while True:
            await asyncio.sleep(_HOLD_EVERY_S)
            with suppress(DatabaseUnavailable):
                async with transaction(self.pool) as conn:
                    await store_mux.hold_turn(conn, lease_s=_LEASE_S)

    async def _failed(self, error: MuxUnavailable) -> None:
        pause_s = max(float(error.headers["Retry-After"]), min(30.0, self.settings.mux_sync_every_s))
        self.failing = str(error)
        TURNS.labels("failed").inc()
        log.warning("mux sync failed, the old figures stay", error=str(error), again_in_s=pause_s)
        async with transaction(self.pool) as conn:
            await store_mux.end_turn(conn, next_in_s=pause_s, error=str(error)[:500])

    async def _ask(self) -> None:
        for day in await self._due("played"):
            asked_at, played = datetime.now(UTC), await self.mux.played(day)
            async with transaction(self.pool) as conn:
                await store_mux.replace_played(conn, day, played, asked_at)
        for day in await self._due("delivered"):
            asked_at, delivered = datetime.now(UTC), await self.mux.delivered(day)
            async with transaction(self.pool) as conn:
                await store_mux.replace_delivered(conn, day, delivered, asked_at)
        await self._sample()

    async def _due(self, kind: Kind) -> list[date]:
        settled = timedelta(seconds=self.settings.mux_settled_after_s)
        async with transaction(self.pool, readonly=True) as conn:
            synced = await store_mux.synced_days(conn, kind)
        return due(synced, datetime.now(UTC), back=self.settings.mux_sync_back_days, settled_after=settled)

    async def _sample(self) -> None:
        """Mux has no completion rate: of some views it is asked how far they came."""
        if not self.settings.mux_view_samples:
            return
        listed = await self.mux.latest_views(self.settings.mux_view_samples)
        async with transaction(self.pool, readonly=True) as conn:
            unknown = await store_mux.unknown_views(conn, [view.id for view in listed])
        sampled = [view for view_id in unknown if (view := await self._sampled(view_id)) is not None]
        async with transaction(self.pool) as conn:
            await store_mux.keep_views(conn, sampled, keep_days=_KEPT_SAMPLE_DAYS)

    async def _sampled(self, view_id: str) -> SampledView | None:
        view = await self.mux.view(view_id)
        if view.asset_id is None or not view.video_duration:
            return None
        reached_ms = math.floor(view.view_max_playhead_position or 0)
        return SampledView(view_id, view.asset_id, view.view_end, reached_ms, math.floor(view.video_duration))
