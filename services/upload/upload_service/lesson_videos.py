"""A lesson's video in S3: it passes through here in parts, and the lesson knows of it before its first byte is stored.

The row comes first, so that whatever happens afterwards, the process dying included, no object is without one.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from uuid import UUID

from servicekit.auth import Principal
from servicekit.database import Pool, transaction
from servicekit.errors import Forbidden, PayloadTooLarge, ServiceError
from upload_service import access, changes, durations, placement, sniffing, store, store_files
from upload_service.errors import LessonNotFound, NotAVideo, StorageUnavailable
from upload_service.form_file import FormFile
from upload_service.identifiers import new_upload_id
from upload_service.lifecycle import Knowledge, ProgressWish, Upload, learn
from upload_service.model import in_order
from upload_service.multipart import upload_stream
from upload_service.object_in_parts import let_go
from upload_service.settings import Settings
from upload_service.storage import Storage

_INTERRUPTED = "the upload was interrupted"


@dataclass(frozen=True, slots=True)
class LessonVideos:
    """The units of work around videos in S3. S3 is never asked while a transaction is open."""

    pool: Pool
    storage: Storage
    settings: Settings

    async def take(
        self, principal: Principal, lesson_id: str, file: FormFile, *, progress: ProgressWish = "auto"
    ) -> str:
        """Store a video, make it the lesson's in place of what was there, and return its address.

        Raises Forbidden, LessonNotFound, NotTheOwner, NotAVideo, PayloadTooLarge, and what Storage raises.
        """
        limits = self.settings.video_limits
        if (refusal := placement.refusal(limits, principal.roles, "video/*", 0)) is not None:
            raise Forbidden(refusal)
        most = max(limits[role].max_bytes for role in principal.roles if role in limits)
        head, chunks = await _peek(file.chunks)
        content_type = sniffing.video_type(head)
        if content_type is None:
            raise NotAVideo(sniffing.lie(placement.declared_type(file.content_type, file.filename), head))
        upload = await self.begin(principal, lesson_id, progress=progress)
        try:
            await upload_stream(self.storage, key_of(upload), _at_most(chunks, most), content_type=content_type)
        except BaseException as error:
            reason = error.detail or error.title if isinstance(error, ServiceError) else _INTERRUPTED
            await self._failed(lesson_id, upload, reason)
            raise
        await self.ready(lesson_id, upload)
        return self.storage.address(key_of(upload))

    async def clear(self, *, limit: int = 100) -> int:
        """One round of the sweep: the interrupted have failed, the unwanted go. Returns how many went."""
        async with transaction(self.pool) as conn:
            silent = await store_files.interrupted_videos(
                conn, after_s=self.settings.video_abandoned_after_s, limit=limit
            )
        for video in silent:
            await self.discard(video.lesson_id, video.id, _INTERRUPTED)
        async with transaction(self.pool, readonly=True) as conn:
            unwanted = await store_files.unwanted_videos(conn, limit=limit)
        for video in unwanted:
            await let_go(self.storage, video.key)  # of a form whose process died on the way
            await self.storage.delete(video.key)
            async with transaction(self.pool) as conn:
                await changes.observe(conn, video.lesson_id, video.id, Knowledge("deleted"))
        return len(unwanted)

    async def begin(
        self, principal: Principal, lesson_id: str, *, redrive: bool = False, progress: ProgressWish = "auto"
    ) -> Upload:
        """The row of a video that is about to be stored, to be moved to Mux later if `redrive`.

        Raises LessonNotFound or NotTheOwner.
        """
        async with transaction(self.pool) as conn:
            _, course = await access.own_lesson(conn, principal, lesson_id)
            locked = await store.lock_lesson(conn, lesson_id)
            if locked is None or locked.deleted:
                raise LessonNotFound()
            upload_id = new_upload_id()
            key = f"videos/{course.owner_id}/{upload_id}"
            upload = Upload(
                upload_id,
                provider="s3",
                s3_key=key,
                s3_url=self.storage.address(key),
                redrive=redrive,
                progress=progress,
            )
            await changes.save_lesson(conn, locked, replace(locked, uploads=in_order((*locked.uploads, upload))))
        return upload

    async def ready(self, lesson_id: str, upload: Upload) -> None:
        """The lesson plays this one from now on; what it replaces goes after its grace period (`retention`)."""
        size_bytes, duration_ms = await self._measured(key_of(upload))
        async with transaction(self.pool) as conn:
            locked = await store.lock_lesson(conn, lesson_id)
            if locked is None or locked.deleted:
                raise LessonNotFound()
            if any(other.id == upload.id and other.discarded for other in locked.uploads):
                return  # given up meanwhile: it pushes nothing aside
            uploads = learn(
                locked.uploads, upload.id, Knowledge("ready", duration_ms=duration_ms, size_bytes=size_bytes)
            )
            await changes.save_lesson(conn, locked, replace(locked, uploads=uploads))

    async def _measured(self, key: str) -> tuple[int | None, int | None]:
        """Bytes and milliseconds, as far as they can be had: better a video of unknown length than none."""

        async def read(start: int, length: int) -> bytes:
            return await self.storage.read(key, start=start, length=length)

        try:
            size = (await self.storage.head(key)).size
        except StorageUnavailable:
            return None, None
        try:
            return size, await durations.duration_ms(read, size)
        except StorageUnavailable:
            return size, None

    async def _failed(self, lesson_id: str, upload: Upload, reason: str) -> None:
        async with transaction(self.pool) as conn:
            await changes.observe(conn, lesson_id, upload.id, Knowledge("failed", error=reason))

    async def discard(self, lesson_id: str, upload_id: UUID, reason: str) -> None:
        """An upload that is still on its way has failed, and its object goes with the next sweep."""
        async with transaction(self.pool) as conn:
            locked = await store.lock_lesson(conn, lesson_id)
            if locked is None:
                return
            failed = learn(locked.uploads, upload_id, Knowledge("failed", error=reason))
            uploads = tuple(
                replace(upload, discarded=True)
                if upload.id == upload_id and upload.known.status == "failed"
                else upload
                for upload in failed
            )
            await changes.save_lesson(conn, locked, replace(locked, uploads=uploads))


def key_of(upload: Upload) -> str:
    assert upload.s3_key is not None
    return upload.s3_key


async def _peek(chunks: AsyncIterator[bytes]) -> tuple[bytes, AsyncIterator[bytes]]:
    """The first bytes, and the whole from the start."""
    held = bytearray()
    async for chunk in chunks:
        held += chunk
        if len(held) >= sniffing.HEAD_BYTES:
            break

    async def whole() -> AsyncIterator[bytes]:
        yield bytes(held)
        async for chunk in chunks:
            yield chunk

    return bytes(held[: sniffing.HEAD_BYTES]), whole()


async def _at_most(chunks: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise PayloadTooLarge(f"at most {most} bytes are taken from you")
        yield chunk
