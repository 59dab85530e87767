"""What has been kept for long enough goes: replaced videos, webhooks' bodies, failed attempts and deleted ones.

Nothing is removed from Mux or S3 here: attempts are marked as unwanted, and the sweeps that delete what is unwanted
announce it when it is gone. Every round is bounded; what is left over is for the next one.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prometheus_client import Counter

from servicekit.database import Pool, transaction
from servicekit.errors import ServiceError
from servicekit.telemetry import get_logger
from upload_service import changes, store, store_retention
from upload_service.orphans import Orphans
from upload_service.replacing import obsolete
from upload_service.settings import Settings

EXPIRED = Counter("seatime_retention_total", "What was kept for long enough, by kind", ["kind"])

_BATCH = 500
_BATCHES = 20

log = get_logger(__name__)


@dataclass
class Retention:
    """Several may run: rows are locked, and to mark twice is harmless. `turn` is one round."""

    pool: Pool
    settings: Settings
    orphans: Orphans

    async def turn(self) -> Mapping[str, int]:
        """How many of each kind; a kind whose round fails is counted up to there, and does not hold up the others."""
        kinds: Mapping[str, Callable[[], Awaitable[int]]] = {
            "replaced_video": self.replaced_videos,
            "webhook_payload": self.payloads,
            "failed_attempt": self.failed_attempts,
            "deleted_attempt": self.deleted_attempts,
            "orphaned_object": self.orphans.objects,
            "orphaned_asset": self.orphans.assets,
        }
        done = dict.fromkeys(kinds, 0)
        for kind, work in kinds.items():
            try:
                done[kind] = await work()
            except ServiceError as error:
                log.warning("retention cut short", kind=kind, error=str(error))
            EXPIRED.labels(kind).inc(done[kind])
        return done

    async def replaced_videos(self) -> int:
        """Videos that a newer one took the place of, whose grace period is over."""
        before = datetime.now(UTC) - timedelta(seconds=self.settings.replaced_keep_s)
        async with transaction(self.pool, readonly=True) as conn:
            lessons = await store_retention.replaced_lessons(conn, before=before, limit=_BATCH)
        return sum([await self._retire(lesson_id, before) for lesson_id in lessons])

    async def payloads(self) -> int:
        """Bodies of webhooks."""
        return await self._in_batches(store_retention.forget_payloads, self.settings.webhook_payload_keep_s)

    async def failed_attempts(self) -> int:
        """Failed uploads that were followed by another."""
        async with transaction(self.pool, readonly=True) as conn:
            failed = await store_retention.failed_lessons(
                conn, after_s=self.settings.failed_upload_keep_s, limit=_BATCH
            )
        for lesson_id, upload_id in failed:
            await self._discard(lesson_id, {upload_id})
        return len(failed)

    async def deleted_attempts(self) -> int:
        """Rows of uploads of which nothing is left."""
        return await self._in_batches(store_retention.forget_attempts, self.settings.deleted_upload_keep_s)

    async def _retire(self, lesson_id: str, before: datetime) -> int:
        async with transaction(self.pool) as conn:
            lesson = await store.lock_lesson(conn, lesson_id)
            if lesson is None:
                return 0
            old = {upload.id for upload in obsolete(lesson.uploads, before=before)}
            old -= await store_retention.in_transfer(conn, old)
            uploads = tuple(replace(u, discarded=True) if u.id in old else u for u in lesson.uploads)
            await changes.save_lesson(conn, lesson, replace(lesson, uploads=uploads))
        return len(old)

    async def _discard(self, lesson_id: str, upload_ids: set[UUID]) -> None:
        async with transaction(self.pool) as conn:
            lesson = await store.lock_lesson(conn, lesson_id)
            if lesson is not None:
                uploads = tuple(replace(u, discarded=True) if u.id in upload_ids else u for u in lesson.uploads)
                await changes.save_lesson(conn, lesson, replace(lesson, uploads=uploads))

    async def _in_batches(self, forget: Callable[..., Awaitable[int]], after_s: float) -> int:
        forgotten = 0
        for _ in range(_BATCHES):
            async with transaction(self.pool) as conn:
                batch = await forget(conn, after_s=after_s, limit=_BATCH)
            forgotten += batch
            if batch < _BATCH:
                break
        return forgotten
