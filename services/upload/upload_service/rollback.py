"""The way back inside the grace: one transaction puts the copy aside, and the lesson plays its original again.

The copy's asset is deleted at Mux by the sweep of what nobody wants, hence only after that transaction.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from servicekit.database import Pool, transaction
from upload_service import changes, store, store_transfers
from upload_service.errors import ObjectNotFound
from upload_service.leasing import TRANSFERS, with_copy
from upload_service.model import Lesson
from upload_service.storage import Storage
from upload_service.storage_connection import NoStorage, needed
from upload_service.transfers import Transfer


@dataclass(frozen=True, slots=True)
class RolledBack:
    """`refused` says why it stays as it is; None: its lesson plays the original."""

    transfer_id: UUID
    lesson_id: str
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Rollback:
    """Interrupted anywhere and begun again it ends the same."""

    pool: Pool
    storage: Storage | NoStorage

    async def one(self, transfer_id: UUID) -> RolledBack | None:
        """Bring one video back; None if there is no such transfer. Raises StorageUnavailable."""
        async with transaction(self.pool, readonly=True) as conn:
            transfer = await store_transfers.transfer(conn, transfer_id)
        if transfer is None:
            return None
        return RolledBack(transfer.id, transfer.lesson_id, await self._back(transfer))

    async def page(
        self, migration_id: UUID | None, *, after: UUID | None, limit: int, concurrency: int
    ) -> list[RolledBack]:
        """Bring back the next of a migration's migrated videos, in the order of their ids. Empty: there are no more."""
        async with transaction(self.pool, readonly=True) as conn:
            found = await store_transfers.rows(conn, migration_id, after, limit, states=("migrated",))
        free = asyncio.Semaphore(concurrency)

        async def back(transfer: Transfer) -> RolledBack:
            async with free:
                return RolledBack(transfer.id, transfer.lesson_id, await self._back(transfer))

        return list(await asyncio.gather(*(back(transfer) for transfer in found)))

    async def _back(self, transfer: Transfer) -> str | None:
        if transfer.state == "rolled_back":
            return None
        if transfer.source_id is not None and (missing := await self._missing(transfer)) is not None:
            return missing
        async with transaction(self.pool) as conn:
            lesson = await store.lock_lesson(conn, transfer.lesson_id)
            current = await store_transfers.transfer(conn, transfer.id, lock=True)
            if lesson is None or current is None:
                return "it is gone"
            if (refused := _refusal(current, lesson)) is not None:
                return refused
            aside = with_copy(lesson, transfer.copy_id, staged=True, discarded=True)
            await changes.save_lesson(conn, lesson, aside)
            await store_transfers.set_state(conn, transfer.id, "rolled_back")
        TRANSFERS.labels("rolled_back").inc()
        return None

    async def _missing(self, transfer: Transfer) -> str | None:
        async with transaction(self.pool, readonly=True) as conn:
            lesson = await store.lesson(conn, transfer.lesson_id)
        source = transfer.source_in(lesson) if lesson is not None else None
        if source is None or source.s3_key is None:
            return "the original is not in S3"
        try:
            await needed(self.storage).head(source.s3_key)
        except ObjectNotFound:
            return "the original is not in S3"
        return None


def _refusal(transfer: Transfer, lesson: Lesson) -> str | None:
    if transfer.state != "migrated":
        return f"it is {transfer.state}"
    if transfer.keep_until is not None and transfer.keep_until <= datetime.now(UTC):
        return "its grace is over"
    source = transfer.source_in(lesson)
    gone = transfer.source_id is not None and (source is None or source.discarded)
    return "the original is no longer wanted" if gone else None
