"""The engine that moves videos to Mux, step by step: what is about to happen is committed before it does.

A transfer is taken up for a lease and put down after one step, so that a process may die anywhere: another goes on
from what was committed. Mux is asked for a copy only after the copy's row is there, and asked again only after its
assets were searched for that row's id.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from servicekit.database import Connection, Pool, transaction
from servicekit.health import Degraded
from servicekit.telemetry import get_logger
from upload_service import changes, finding, observations, store, store_due, store_transfers, transfers
from upload_service.errors import MuxLeftAlone, MuxNotFound, ObjectNotFound
from upload_service.leasing import TRANSFERS, Leases, Settled, with_copy
from upload_service.lifecycle import Upload
from upload_service.model import Lesson, in_order
from upload_service.mux import AssetSeen, MuxService
from upload_service.settings import Settings
from upload_service.storage import Storage
from upload_service.storage_connection import NoStorage, needed
from upload_service.transfers import Transfer
from upload_service.verifying import Source, Verifier, source_in

_PER_CLAIM = 2
_LONGEST_POLL_S = 60.0

log = get_logger(__name__)


@dataclass
class Transferring:
    """Several may run: each claims its own rows."""

    pool: Pool
    storage: Storage | NoStorage
    mux: MuxService
    settings: Settings

    @property
    def leases(self) -> Leases:
        return Leases(self.pool, self.settings)

    async def run_due(
        self,
        *,
        migration_id: UUID | None,
        concurrency: int,
        batch: int | None = None,
        stop: asyncio.Event | None = None,
    ) -> int:
        """One round: each transfer that is due makes a step. Returns how many did. Raises if the database is down.

        `migration_id` None is for those of no migration; no more than `batch` are on their way to Mux at once.
        With `stop` it goes on while anything is due, until that is set: then what is in flight is finished.
        """
        limit = _PER_CLAIM * concurrency if await self._mux_answers() else 1

        async def claim(conn: Connection) -> list[Transfer]:
            return await store_due.claim(conn, migration_id, lease_s=self.leases.lease_s, limit=limit, batch=batch)

        return await self.leases.each(claim, self._step, concurrency, stop)

    async def _mux_answers(self) -> bool:
        try:
            await self.mux.check()
        except Degraded:
            return False
        return True

    async def _step(self, transfer: Transfer) -> None:
        match transfer.state:
            case "planned":
                await self._ask(transfer)
            case "asked":
                await self._find_or_ask(transfer)
            case "processing":
                await self._watch(transfer)

    async def _ask(self, transfer: Transfer) -> None:
        url = await self._source_url(transfer)
        async with transaction(self.pool) as conn:
            lesson = await self._wanted(conn, transfer, lock=True)
            current = await store_transfers.transfer(conn, transfer.id, lock=True)
            if current is None or current.state != transfer.state:
                return
            course = await store.course(conn, lesson.course_id)
            assert course is not None, "a lesson has a course"
            if transfer.copy_in(lesson) is None:
                copy = Upload(transfer.copy_id, policy=course.policy, copy_of=transfer.source_id, staged=True)
                await changes.save_lesson(conn, lesson, replace(lesson, uploads=in_order((*lesson.uploads, copy))))
            await store_transfers.set_state(conn, transfer.id, "asked", due_in_s=self.leases.lease_s)
        try:
            asset = await self.mux.create_asset(
                url=url,
                policy=course.policy,
                lesson_id=lesson.id,
                external_id=str(transfer.copy_id),
                title=lesson.title,
                creator_id=course.owner_id,
                bulk=True,
            )
        except MuxLeftAlone:
            async with transaction(self.pool) as conn:
                await store_transfers.set_state(conn, transfer.id, "planned")
            raise
        await self._made(transfer, asset)

    async def _source_url(self, transfer: Transfer) -> str:
        """Signed for the endpoint that the world sees: it is Mux that fetches, from outside."""
        if transfer.source_url is not None:
            return transfer.source_url
        storage, key = needed(self.storage), await self._source_key(transfer)
        try:
            await storage.head(key)
        except ObjectNotFound:
            raise Settled("failed", "the original is not in S3") from None
        return (await storage.presign_source(key, seconds=self.settings.transfer_url_ttl_s)).url

    async def _source_key(self, transfer: Transfer) -> str:
        async with transaction(self.pool, readonly=True) as conn:
            lesson = await self._wanted(conn, transfer)
        source = transfer.source_in(lesson)
        if source is None or source.s3_key is None:
            raise Settled("failed", "the original is not in S3")
        return source.s3_key

    async def _wanted(self, conn: Connection, transfer: Transfer, *, lock: bool = False) -> Lesson:
        """The lesson, or Settled if it no longer wants this transfer, or nobody does."""
        lesson = await (store.lock_lesson if lock else store.lesson)(conn, transfer.lesson_id)
        reason = transfers.superseded(transfer, lesson)
        if reason is None and await store_due.is_rolling_back(conn, transfer.migration_id):
            reason = "the migration was rolled back"
        if reason is not None or lesson is None:
            raise Settled("superseded", reason or "the lesson was deleted")
        return lesson

    async def _find_or_ask(self, transfer: Transfer) -> None:
        """Somebody asked Mux, and nobody knows what came of it."""
        async with transaction(self.pool, readonly=True) as conn:
            lesson = await store.lesson(conn, transfer.lesson_id)
        copy = transfer.copy_in(lesson) if lesson is not None else None
        if copy is not None and copy.known.asset_id is not None:  # a webhook told
            async with transaction(self.pool) as conn:
                await store_transfers.set_state(conn, transfer.id, "processing")
            return
        found = await finding.assets_of(self.mux, str(transfer.copy_id), transfer.asked_at or transfer.created_at)
        for surplus in found[:-1]:
            await self.mux.delete_asset(surplus.id, bulk=True)
        if found:
            await self._made(transfer, found[-1])
        else:
            await self._ask(transfer)

    async def _made(self, transfer: Transfer, asset: AssetSeen) -> None:
        fact = observations.of_asset(asset.status, asset.id, asset.body)
        async with transaction(self.pool) as conn:
            if fact is not None:
                await changes.observe(conn, transfer.lesson_id, transfer.copy_id, fact)
            current = await store_transfers.transfer(conn, transfer.id, lock=True)
            if current is not None and current.state == "asked":
                await store_transfers.set_state(conn, transfer.id, "processing", due_in_s=self.settings.transfer_poll_s)

    async def _watch(self, transfer: Transfer) -> None:
        async with transaction(self.pool, readonly=True) as conn:
            lesson = await self._wanted(conn, transfer)
        copy = transfer.copy_in(lesson)
        assert copy is not None, "a transfer in processing has its copy"
        known = copy.known
        if known.status not in ("ready", "errored", "deleted"):
            await self._poll(transfer, known.asset_id or "")
            return
        if known.status != "ready":
            raise Settled("failed", known.error or "the asset was deleted at Mux")
        source = await self._source(transfer, lesson)
        proof = await Verifier(self.mux, self.settings).verify(known.asset_id or "", source)
        await self._flip(transfer, proof, source)

    async def _poll(self, transfer: Transfer, asset_id: str) -> None:
        try:
            asset = await self.mux.get_asset(asset_id, bulk=True)
        except MuxNotFound:
            raise Settled("failed", "Mux no longer has the asset") from None
        fact = observations.of_asset(asset.status, asset_id, asset.body)
        age_s = (datetime.now(UTC) - (transfer.asked_at or transfer.created_at)).total_seconds()
        if asset.status == "preparing" and age_s > self.settings.transfer_patience_s:
            raise Settled("failed", "Mux did not finish in time")
        pause = (
            0 if asset.status != "preparing" else min(_LONGEST_POLL_S, max(self.settings.transfer_poll_s, age_s / 4))
        )
        async with transaction(self.pool) as conn:
            if fact is not None:
                await changes.observe(conn, transfer.lesson_id, transfer.copy_id, fact)
            await store_due.wait(conn, transfer.id, "processing", due_in_s=pause)

    async def _source(self, transfer: Transfer, lesson: Lesson) -> Source:
        source = transfer.source_in(lesson)
        if source is None or source.s3_key is None:
            return Source(transfer.duration_ms)
        try:
            found = await source_in(needed(self.storage), source.s3_key)
        except ObjectNotFound:
            raise Settled("failed", "the original is no longer in S3") from None
        return replace(found, duration_ms=found.duration_ms or source.known.duration_ms)

    async def _flip(self, transfer: Transfer, proof: dict[str, object], source: Source) -> None:
        async with transaction(self.pool) as conn:
            lesson = await self._wanted(conn, transfer, lock=True)
            current = await store_transfers.transfer(conn, transfer.id, lock=True)
            if current is None or current.state != "processing":
                return
            await changes.save_lesson(conn, lesson, with_copy(lesson, transfer.copy_id, staged=False, discarded=False))
            grace_s = await store_due.grace_s(conn, transfer.migration_id)
            await store_due.migrated(
                conn,
                transfer.id,
                grace_s=self.settings.redrive_grace_s if grace_s is None else grace_s,
                verified=proof,
                duration_ms=source.duration_ms,
            )
        TRANSFERS.labels("migrated").inc()
        log.info("video moved to Mux", transfer=str(transfer.id), lesson=transfer.lesson_id)
