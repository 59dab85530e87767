"""While Mux is away a video goes from the browser to S3, and its lesson plays it from there.

The addresses take exactly the lengths that were declared. What arrived is believed after a look at its first bytes:
Mux would have looked, S3 does not.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prometheus_client import Counter

from servicekit.auth import Principal
from servicekit.database import transaction
from servicekit.errors import Conflict
from upload_service import access, parts, sniffing, store_incoming, store_uploads
from upload_service.errors import NotUploadedYet, ObjectNotFound, StorageUnavailable, UploadNotFound
from upload_service.lesson_videos import LessonVideos, key_of
from upload_service.lifecycle import ProgressWish, Upload
from upload_service.model import UploadRecord
from upload_service.object_in_parts import Arrival, ObjectInParts, Signed
from upload_service.parts import Cut
from upload_service.store_incoming import Incoming
from upload_service.stored import Presigned

FALLBACKS = Counter("seatime_upload_fallbacks_total", "Videos that went to S3 because Mux was not available")


@dataclass(frozen=True, slots=True)
class InParts:
    """An upload in parts, as it was declared and as S3 has it."""

    record: UploadRecord
    object: ObjectInParts


@dataclass(frozen=True, slots=True)
class Fallback:
    """The steps of such an upload. S3 is never asked while a transaction is open.

    Raises UploadNotFound and NotTheOwner, and Conflict for an upload that is not of this kind or no longer open.
    """

    videos: LessonVideos

    async def begin(
        self,
        principal: Principal,
        lesson_id: str,
        *,
        content_type: str,
        size: int,
        progress: ProgressWish = "auto",
    ) -> tuple[Upload, Presigned | Cut]:
        """The rows, and the address that takes the whole or how it is cut. Raises LessonNotFound or NotTheOwner."""
        settings = self.videos.settings
        cut = parts.cut(size, settings.upload_part_bytes) if size > settings.upload_one_piece_bytes else None
        until = datetime.now(UTC) + timedelta(seconds=settings.file_upload_ttl_s)
        upload = await self.videos.begin(principal, lesson_id, redrive=True, progress=progress)
        incoming = Incoming(upload.id, content_type, size, cut.part_size if cut else None, None, until)
        async with transaction(self.videos.pool) as conn:
            await store_incoming.add(conn, incoming)
        try:
            where = cut or await self._one_piece(upload, incoming)
            if cut is not None:
                await self._begin_parts(upload, content_type)
        except StorageUnavailable:
            await self.videos.discard(lesson_id, upload.id, "object storage was not available")
            raise
        FALLBACKS.inc()
        return upload, where

    async def addresses(
        self, principal: Principal, upload_id: UUID, numbers: list[int]
    ) -> tuple[list[Signed], datetime]:
        """Where each of the parts goes, and how long the addresses work."""
        found = await self._open(principal, upload_id)
        seconds = self.videos.settings.upload_part_ttl_s
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        signed = await found.object.sign(numbers, seconds=seconds)
        async with transaction(self.videos.pool) as conn:
            await store_incoming.extend(conn, upload_id, until)
        return signed, until

    async def arrived(self, principal: Principal, upload_id: UUID) -> tuple[InParts, Arrival]:
        """What S3 has of an upload in parts that is still open."""
        found = await self._open(principal, upload_id)
        return found, await found.object.arrived()

    async def complete(self, principal: Principal, upload_id: UUID) -> UploadRecord:
        """Look at what was uploaded, once: the lesson plays it, or the upload has failed and its object goes.

        Raises NotUploadedYet, or PartsMissing with their numbers.
        """
        record = await self._own(principal, upload_id)
        if record.upload.s3_key is None:
            raise Conflict("Mux itself tells when this upload is complete")
        if record.upload.known.status != "waiting" or record.upload.discarded:
            return record
        async with transaction(self.videos.pool, readonly=True) as conn:
            incoming = await store_incoming.incoming(conn, upload_id)
        if incoming is not None and incoming.part_size is not None:
            await self._object(record.upload, incoming, incoming.part_size).assemble()
        reason = await self._lie(record.upload)
        if reason is None:
            await self.videos.ready(record.lesson_id, record.upload)
        else:
            await self.videos.discard(record.lesson_id, upload_id, reason)
        return await self._own(principal, upload_id)

    async def cancel(self, principal: Principal, upload_id: UUID) -> None:
        """Its author gives it up: nothing of it stays in S3. Again is harmless."""
        record = await self._own(principal, upload_id)
        if record.upload.s3_key is None or record.upload.known.status == "ready":
            raise Conflict("only an upload that is on its way to S3 can be given up")
        await self.videos.discard(record.lesson_id, upload_id, "given up by its author")

    async def _one_piece(self, upload: Upload, incoming: Incoming) -> Presigned:
        return await self.videos.storage.presign_put(
            key_of(upload),
            content_type=incoming.content_type,
            size=incoming.size,
            seconds=self.videos.settings.file_upload_ttl_s,
        )

    async def _begin_parts(self, upload: Upload, content_type: str) -> None:
        s3_id = await self.videos.storage.create_multipart(key_of(upload), content_type=content_type)
        async with transaction(self.videos.pool) as conn:
            await store_incoming.begun(conn, upload.id, s3_id)

    async def _own(self, principal: Principal, upload_id: UUID) -> UploadRecord:
        async with transaction(self.videos.pool, readonly=True) as conn:
            record = await store_uploads.record(conn, upload_id)
        if record is None:
            raise UploadNotFound()
        access.require_change(principal, record.owner_id)
        return record

    async def _open(self, principal: Principal, upload_id: UUID) -> InParts:
        record = await self._own(principal, upload_id)
        async with transaction(self.videos.pool, readonly=True) as conn:
            incoming = await store_incoming.incoming(conn, upload_id)
        if incoming is None or incoming.part_size is None or incoming.s3_upload_id is None:
            raise Conflict("this upload does not go to S3 in parts")
        if record.upload.known.status != "waiting" or record.upload.discarded:
            raise Conflict("this upload is no longer open", uploadStatus=record.upload.known.status)
        return InParts(record, self._object(record.upload, incoming, incoming.part_size))

    def _object(self, upload: Upload, incoming: Incoming, part_size: int) -> ObjectInParts:
        cut = Cut(incoming.size, part_size)
        return ObjectInParts(self.videos.storage, key_of(upload), incoming.s3_upload_id or "", cut)

    async def _lie(self, upload: Upload) -> str | None:
        try:
            head = await self.videos.storage.read(key_of(upload), length=sniffing.HEAD_BYTES)
        except ObjectNotFound:
            raise NotUploadedYet() from None
        return None if sniffing.video_type(head) else "its first bytes are not those of a video"
