"""The sweeps: what webhooks lost is asked for, what came too early is applied, what nobody wants is deleted at Mux.

Mux has no webhook for an upload that timed out, and promises none for the rest. A healed gap is counted: it should
be rare, and a rise of it means that webhooks do not arrive.
"""

import asyncio
from dataclasses import dataclass

from prometheus_client import Counter, Gauge

from servicekit.database import Pool, acquire, transaction
from servicekit.errors import ServiceError, Unavailable
from servicekit.telemetry import get_logger
from upload_service import changes, observations, store_inbox
from upload_service.changes import MuxEvent
from upload_service.errors import MuxNotFound
from upload_service.lifecycle import Knowledge
from upload_service.model import OpenUpload
from upload_service.mux import MuxService
from upload_service.settings import Settings

GAPS = Counter("seatime_mux_gaps_total", "Uploads whose state webhooks had not told", ["status"])
PARKED_AGE = Gauge("seatime_mux_parked_age_seconds", "Age of the oldest webhook that waits for its upload")

_PER_TURN = 20
_REPLAYS_PER_TURN = 500

log = get_logger(__name__)


@dataclass
class Reconciler:
    """Several may run: each claims its own rows. `turn` is one round."""

    pool: Pool
    mux: MuxService
    settings: Settings

    async def turn(self) -> None:
        """Raises if the database is down; what Mux does not answer is asked again in a later turn."""
        await self._replay()
        await self._delete_discarded()
        await self._ask_about_silent()

    async def check_parked(self) -> None:
        """A readiness check: raises if a webhook has waited for too long for its upload."""
        async with acquire(self.pool, timeout=2) as conn:
            age = (await store_inbox.parked(conn)).oldest_s
        PARKED_AGE.set(age)
        if age > self.settings.parked_red_after_s:
            raise Unavailable(f"a webhook has been parked for {age:.0f} s")

    async def _replay(self) -> None:
        for _ in range(_REPLAYS_PER_TURN):
            async with transaction(self.pool) as conn:
                parked = await store_inbox.next_applicable(conn)
                if parked is None:
                    break
                await changes.apply(conn, MuxEvent.of(parked.payload))
        async with transaction(self.pool) as conn:
            expired = await store_inbox.expire(conn, after_s=self.settings.parked_expire_after_s)
            PARKED_AGE.set((await store_inbox.parked(conn)).oldest_s)
        if expired:
            log.warning("gave up parked webhooks", events=expired)

    async def _delete_discarded(self) -> None:
        async with transaction(self.pool) as conn:
            claimed = await store_inbox.claim_discarded(
                conn, again_after_s=self.settings.reconcile_after_s, limit=_PER_TURN
            )
        for upload in claimed:
            if upload.mux_asset_id is None:
                continue
            await self._pace()
            try:
                await self.mux.delete_asset(upload.mux_asset_id, bulk=True)
            except ServiceError as error:
                log.warning("asset not deleted yet", asset=upload.mux_asset_id, error=str(error))
            else:
                await self._observe(upload, Knowledge("deleted", asset_id=upload.mux_asset_id))

    async def _ask_about_silent(self) -> None:
        async with transaction(self.pool) as conn:
            claimed = await store_inbox.claim_silent(conn, after_s=self.settings.reconcile_after_s, limit=_PER_TURN)
        for upload in claimed:
            try:
                fact = await self._ask(upload)
            except ServiceError as error:
                log.warning("mux not asked", upload=str(upload.id), error=str(error))
                continue
            if fact is not None and await self._observe(upload, fact):
                log.warning("healed what webhooks lost", upload=str(upload.id), status=fact.status)
                GAPS.labels(fact.status).inc()

    async def _ask(self, upload: OpenUpload) -> Knowledge | None:
        asset_id = upload.mux_asset_id
        if asset_id is None:
            if upload.mux_upload_id is None:
                return None
            await self._pace()
            try:
                seen = await self.mux.get_upload(upload.mux_upload_id, bulk=True)
            except MuxNotFound:
                return observations.of_upload("timed_out", None)
            if seen.asset_id is None:
                return observations.of_upload(seen.status, None, seen.error)
            asset_id = seen.asset_id
        await self._pace()
        try:
            asset = await self.mux.get_asset(asset_id, bulk=True)
        except MuxNotFound:
            return observations.of_asset("deleted", asset_id, {})
        return observations.of_asset(asset.status, asset_id, asset.body)

    async def _pace(self) -> None:
        await asyncio.sleep(1 / self.settings.reconcile_calls_per_s)

    async def _observe(self, upload: OpenUpload, fact: Knowledge) -> bool:
        async with transaction(self.pool) as conn:
            return await changes.observe(conn, upload.lesson_id, upload.id, fact)
