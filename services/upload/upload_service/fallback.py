"""While Mux is away a video goes from the browser to S3, and its lesson plays it from there.

The address takes exactly the type and length that were declared, once. What arrived is believed after a look at its
first bytes: Mux would have looked, S3 does not.
"""

from dataclasses import dataclass
from uuid import UUID

from prometheus_client import Counter

from servicekit.auth import Principal
from servicekit.database import transaction
from servicekit.errors import Conflict
from upload_service import access, sniffing, store
from upload_service.errors import NotUploadedYet, ObjectNotFound, UploadNotFound
from upload_service.lesson_videos import LessonVideos, key_of
from upload_service.lifecycle import Upload
from upload_service.model import UploadRecord
from upload_service.storage import Presigned

FALLBACKS = Counter("seatime_upload_fallbacks_total", "Videos that went to S3 because Mux was not available")

MOST_BYTES = 5 << 30
"""What S3 takes in one request."""


@dataclass(frozen=True, slots=True)
class Fallback:
    """The two steps of such an upload. S3 is never asked while a transaction is open."""

    videos: LessonVideos

    async def begin(
        self, principal: Principal, lesson_id: str, *, content_type: str, size: int
    ) -> tuple[Upload, Presigned]:
        """A row and the address that takes the bytes. Raises LessonNotFound or NotTheOwner."""
        upload = await self.videos.begin(principal, lesson_id)
        address = await self.videos.storage.presign_put(
            key_of(upload), content_type=content_type, size=size, seconds=self.videos.settings.file_upload_ttl_s
        )
        FALLBACKS.inc()
        return upload, address

    async def complete(self, principal: Principal, upload_id: UUID) -> UploadRecord:
        """Look at what was uploaded, once: the lesson plays it, or the upload has failed and its object goes.

        Raises UploadNotFound, NotTheOwner, NotUploadedYet, and Conflict for an upload that goes to Mux.
        """
        record = await self._own(principal, upload_id)
        if record.upload.s3_key is None:
            raise Conflict("Mux itself tells when this upload is complete")
        if record.upload.known.status != "waiting" or record.upload.discarded:
            return record
        reason = await self._lie(record.upload)
        if reason is None:
            await self.videos.ready(record.lesson_id, record.upload)
        else:
            await self.videos.discard(record.lesson_id, upload_id, reason)
        return await self._own(principal, upload_id)

    async def _own(self, principal: Principal, upload_id: UUID) -> UploadRecord:
        async with transaction(self.videos.pool, readonly=True) as conn:
            record = await store.upload_record(conn, upload_id)
        if record is None:
            raise UploadNotFound()
        access.require_change(principal, record.owner_id)
        return record

    async def _lie(self, upload: Upload) -> str | None:
        try:
            head = await self.videos.storage.read(key_of(upload), length=sniffing.HEAD_BYTES)
        except ObjectNotFound:
            raise NotUploadedYet() from None
        return None if sniffing.video_type(head) else "its first bytes are not those of a video"
