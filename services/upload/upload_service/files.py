"""Files that are no lesson's video: straight from the browser to S3, believed only after a look at the first bytes.

They come in one request, which S3 takes up to 5 GiB and keeps nothing of where it breaks, or in parts.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from servicekit.auth import Principal
from servicekit.database import Pool, transaction
from servicekit.errors import Conflict, Forbidden, PayloadTooLarge
from upload_service import access, parts, placement, sniffing, store_files
from upload_service.errors import FileNotFound, NotUploadedYet, ObjectNotFound, StorageUnavailable
from upload_service.file_schemas import FileBody
from upload_service.identifiers import new_upload_id
from upload_service.object_in_parts import Arrival, ObjectInParts, Signed, let_go
from upload_service.parts import Cut
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
        """A row and the address that takes the whole. Raises Forbidden, LessonNotFound or NotTheOwner."""
        file = await self._declared(principal, body)
        if file.size > _LARGEST_PUT:
            raise PayloadTooLarge(
                f"at most {_LARGEST_PUT} bytes in one request; POST /api/uploads takes more, in parts"
            )
        address = await self.storage.presign_put(
            file.key, content_type=file.content_type, size=file.size, seconds=self.settings.file_upload_ttl_s
        )
        async with transaction(self.pool) as conn:
            await store_files.add_file(conn, replace(file, writable_until=address.expires_at))
        return file, address

    async def place(self, principal: Principal, body: FileBody) -> tuple[File, Presigned | Cut]:
        """The same, or how it is cut where it is too large for one request. Raises StorageUnavailable, too."""
        if body.size <= self.settings.upload_one_piece_bytes:
            return await self.begin(principal, body)
        cut = parts.cut(body.size, self.settings.upload_part_bytes)
        file = replace(await self._declared(principal, body), part_size=cut.part_size)
        async with transaction(self.pool) as conn:
            await store_files.add_file(conn, file)
        try:
            s3_id = await self.storage.create_multipart(file.key, content_type=file.content_type)
        except StorageUnavailable:
            async with transaction(self.pool) as conn:
                await store_files.delete_file(conn, file.id)
            raise
        async with transaction(self.pool) as conn:
            await store_files.begun(conn, file.id, s3_id)
        return file, cut

    async def addresses(self, file: File, numbers: list[int]) -> tuple[list[Signed], datetime]:
        """Where each of the parts goes, and how long the addresses work. Raises Conflict."""
        seconds = self.settings.upload_part_ttl_s
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        signed = await self._open(file).sign(numbers, seconds=seconds)
        async with transaction(self.pool) as conn:
            await store_files.extend(conn, file.id, until)
        return signed, until

    async def arrived(self, file: File) -> tuple[Cut, Arrival]:
        """What S3 has of a file that is still on its way in parts. Raises Conflict."""
        found = self._open(file)
        return found.cut, await found.arrived()

    async def own(self, principal: Principal, file_id: UUID) -> File:
        """A file that the caller may see and change. Raises FileNotFound or NotTheOwner."""
        async with transaction(self.pool, readonly=True) as conn:
            file = await store_files.file(conn, file_id)
        if file is None:
            raise FileNotFound()
        access.require_change(principal, file.owner_id)
        return file

    async def complete(self, file: File) -> File:
        """Look at what was uploaded, once: ready, or refused and removed. Raises NotUploadedYet or PartsMissing."""
        if file.state != "pending":
            return file
        if file.part_size is not None:
            await self._open(file).assemble()
        reason = await self._lie(file)
        async with transaction(self.pool) as conn:
            settled = await store_files.settle_file(conn, file.id, reason)
        if settled is None:
            raise FileNotFound()
        if settled.state == "refused":
            await self._remove(settled)
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
        await self._remove(file)

    async def clear(self, *, limit: int = 100) -> list[Leftover]:
        """One round of the sweep: objects that nobody wants, and then their rows. Raises StorageUnavailable."""
        async with transaction(self.pool) as conn:
            left = await store_files.claim_clearable(
                conn, abandoned_after_s=self.settings.file_abandoned_after_s, limit=limit
            )
        for one in left:
            if one.in_parts:
                await let_go(self.storage, one.key)
        await self.storage.delete_many([one.key for one in left])
        async with transaction(self.pool) as conn:
            await store_files.forget_files(conn, [one.id for one in left])
        return left

    async def _declared(self, principal: Principal, body: FileBody) -> File:
        """A file as it is said to be, if the caller may bring it."""
        refusal = placement.refusal(self.settings.file_limits, principal.roles, body.content_type, body.size)
        if refusal is not None:
            raise Forbidden(refusal)
        if body.lesson_id is not None:
            async with transaction(self.pool, readonly=True) as conn:
                await access.own_lesson(conn, principal, body.lesson_id)
        file_id, now = new_upload_id(), datetime.now(UTC)
        return File(
            id=file_id,
            owner_id=principal.user_id,
            lesson_id=body.lesson_id,
            kind=placement.kind_of(body.content_type),
            filename=body.filename,
            content_type=body.content_type,
            size=body.size,
            key=f"files/{principal.user_id}/{file_id}",
            part_size=None,
            s3_upload_id=None,
            state="pending",
            reason=None,
            writable_until=now + timedelta(seconds=self.settings.file_upload_ttl_s),
            created_at=now,
        )

    def _open(self, file: File) -> ObjectInParts:
        if file.part_size is None or file.s3_upload_id is None:
            raise Conflict("this file does not go to S3 in parts")
        if file.state != "pending":
            raise Conflict("this file is no longer on its way", fileState=file.state)
        return ObjectInParts(self.storage, file.key, file.s3_upload_id, Cut(file.size, file.part_size))

    async def _lie(self, file: File) -> str | None:
        try:
            seen = await self.storage.head(file.key)
            head = await self.storage.read(file.key, length=sniffing.HEAD_BYTES)
        except ObjectNotFound:
            raise NotUploadedYet() from None
        if seen.size != file.size:
            return f"declared with {file.size} bytes, but it has {seen.size}"
        return sniffing.lie(file.content_type, head)

    async def _remove(self, file: File) -> None:
        with suppress(StorageUnavailable):
            if file.part_size is not None and file.state == "pending":
                await let_go(self.storage, file.key)
            await self.storage.delete(file.key)
