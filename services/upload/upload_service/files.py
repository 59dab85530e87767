"""Files that are no lesson's video: straight from the browser to S3, believed only after a look at the first bytes."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from servicekit.auth import Principal
from servicekit.database import Pool, transaction
from servicekit.errors import Forbidden, PayloadTooLarge
from upload_service import access, placement, sniffing, store_files
from upload_service.errors import FileNotFound, NotUploadedYet, ObjectNotFound, StorageUnavailable
from upload_service.file_schemas import FileBody
from upload_service.identifiers import new_upload_id
from upload_service.settings import Settings
from upload_service.storage import Storage
from upload_service.store_files import File, Leftover
from upload_service.stored import Presigned

_LARGEST_PUT = 5 * 2**30


@dataclass(frozen=True, slots=True)
class Files:
    """The units of work around files. S3 is never asked while a transaction is open."""

    pool: Pool
    storage: Storage
    settings: Settings

    async def begin(self, principal: Principal, body: FileBody) -> tuple[File, Presigned]:
        """A row and the address that takes the bytes. Raises Forbidden, LessonNotFound or NotTheOwner."""
        refusal = placement.refusal(self.settings.file_limits, principal.roles, body.content_type, body.size)
        if refusal is not None:
            raise Forbidden(refusal)
        if body.size > _LARGEST_PUT:
            raise PayloadTooLarge(f"at most {_LARGEST_PUT} bytes in one upload")
        if body.lesson_id is not None:
            async with transaction(self.pool, readonly=True) as conn:
                await access.own_lesson(conn, principal, body.lesson_id)
        file_id = new_upload_id()
        key = f"files/{principal.user_id}/{file_id}"
        address = await self.storage.presign_put(
            key, content_type=body.content_type, size=body.size, seconds=self.settings.file_upload_ttl_s
        )
        file = File(
            id=file_id,
            owner_id=principal.user_id,
            lesson_id=body.lesson_id,
            kind=placement.kind_of(body.content_type),
            filename=body.filename,
            content_type=body.content_type,
            size=body.size,
            key=key,
            state="pending",
            reason=None,
            writable_until=address.expires_at,
            created_at=datetime.now(UTC),
        )
        async with transaction(self.pool) as conn:
            await store_files.add_file(conn, file)
        return file, address

    async def own(self, principal: Principal, file_id: UUID) -> File:
        """A file that the caller may see and change. Raises FileNotFound or NotTheOwner."""
        async with transaction(self.pool, readonly=True) as conn:
            file = await store_files.file(conn, file_id)
        if file is None:
            raise FileNotFound()
        access.require_change(principal, file.owner_id)
        return file

    async def complete(self, file: File) -> File:
        """Look at what was uploaded, once: ready, or refused and removed. Raises NotUploadedYet."""
        if file.state != "pending":
            return file
        reason = await self._lie(file)
        async with transaction(self.pool) as conn:
            settled = await store_files.settle_file(conn, file.id, reason)
        if settled is None:
            raise FileNotFound()
        if settled.state == "refused":
            await self._remove(settled.key)
        return settled

    async def address(self, file: File) -> Presigned | None:
        """Where a ready file can be fetched for a short time."""
        if file.state != "ready":
            return None
        return await self.storage.presign_get(
            file.key,
            filename=file.filename,
            content_type=file.content_type,
            seconds=self.settings.file_download_ttl_s,
        )

    async def delete(self, file: File) -> None:
        """Gone for everybody at once; the object too, or by the sweep when S3 is back."""
        async with transaction(self.pool) as conn:
            await store_files.delete_file(conn, file.id)
        await self._remove(file.key)

    async def clear(self, *, limit: int = 100) -> list[Leftover]:
        """One round of the sweep: objects that nobody wants, and then their rows. Raises StorageUnavailable."""
        async with transaction(self.pool) as conn:
            left = await store_files.claim_clearable(
                conn, abandoned_after_s=self.settings.file_abandoned_after_s, limit=limit
            )
        await self.storage.delete_many([one.key for one in left])
        async with transaction(self.pool) as conn:
            await store_files.forget_files(conn, [one.id for one in left])
        return left

    async def _lie(self, file: File) -> str | None:
        try:
            seen = await self.storage.head(file.key)
            head = await self.storage.read(file.key, length=sniffing.HEAD_BYTES)
        except ObjectNotFound:
            raise NotUploadedYet() from None
        if seen.size != file.size:
            return f"declared with {file.size} bytes, but it has {seen.size}"
        return sniffing.lie(file.content_type, head)

    async def _remove(self, key: str) -> None:
        with suppress(StorageUnavailable):
            await self.storage.delete(key)
