"""The end of a transfer: the original in S3 goes when its grace is over and its copy has just been seen to play."""

from dataclasses import dataclass, replace
from uuid import UUID

from servicekit.database import Connection, Pool, transaction
from servicekit.errors import ServiceError
from servicekit.telemetry import get_logger
from upload_service import changes, store, store_due, store_transfers
from upload_service.leasing import TRANSFERS, Leases
from upload_service.mux import MuxService
from upload_service.settings import Settings
from upload_service.tracks import Tracks
from upload_service.transfers import Transfer
from upload_service.verifying import Refuted, Source, Unproven, Verifier

_AGAIN_S = 86_400.0

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Several may run: each claims its own rows. The objects themselves go with the sweep of storage."""

    pool: Pool
    mux: MuxService
    settings: Settings

    async def run_due(self, *, migration_id: UUID | None, concurrency: int) -> int:
        """One round over transfers whose grace is over. Returns how many were looked at."""
        leases = Leases(self.pool, self.settings)

        async def claim(conn: Connection) -> list[Transfer]:
            return await store_due.claim_kept(conn, migration_id, lease_s=leases.lease_s, limit=2 * concurrency)

        return await leases.each(claim, self._clean, concurrency)

    async def _clean(self, transfer: Transfer) -> None:
        async with transaction(self.pool, readonly=True) as conn:
            lesson = await store.lesson(conn, transfer.lesson_id)
        copy = transfer.copy_in(lesson) if lesson is not None else None
        if copy is not None and copy.counts:
            try:
                await Verifier(self.mux, self.settings).verify(copy.known.asset_id or "", _seen_before(transfer))
            except (Refuted, Unproven, ServiceError) as error:
                await self._keep(transfer, str(error))
                return
        await self._discard(transfer)

    async def _discard(self, transfer: Transfer) -> None:
        async with transaction(self.pool) as conn:
            lesson = await store.lock_lesson(conn, transfer.lesson_id)
            current = await store_transfers.transfer(conn, transfer.id, lock=True)
            if lesson is None or current is None or current.state != "migrated":
                return
            source, copy, playing = transfer.source_in(lesson), transfer.copy_in(lesson), lesson.video.playable
            gone = source is None or source.discarded
            if not gone and (copy is None or playing is None or playing.upload_id != copy.id):
                reason = "kept: the lesson does not play the copy"
                await store_due.postpone(conn, transfer.id, "migrated", due_in_s=_AGAIN_S, reason=reason)
                return
            uploads = tuple(
                replace(upload, discarded=True) if upload.id == transfer.source_id else upload
                for upload in lesson.uploads
            )
            await changes.save_lesson(conn, lesson, replace(lesson, uploads=uploads))
            await store_transfers.set_state(conn, transfer.id, "cleaned", due_in_s=_AGAIN_S)
        TRANSFERS.labels("cleaned").inc()

    async def _keep(self, transfer: Transfer, reason: str) -> None:
        log.warning("original kept", transfer=str(transfer.id), lesson=transfer.lesson_id, reason=reason)
        async with transaction(self.pool) as conn:
            await store_due.postpone(conn, transfer.id, "migrated", due_in_s=_AGAIN_S, reason=f"kept: {reason}"[:500])


def _seen_before(transfer: Transfer) -> Source:
    """What the source told when the copy was verified."""
    counted = ((transfer.verified or {}).get("tracks") or {}).get("source")
    return Source(transfer.duration_ms, Tracks(**counted) if counted else None)
