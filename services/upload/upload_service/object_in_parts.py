"""An object that a browser sends to S3 in parts.

S3 alone remembers which parts have arrived, and we put them together from its list: the browser needs no ETag and
can leave nothing out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.errors import Conflict
from upload_service.errors import ObjectNotFound, PartsMissing, StorageUnavailable
from upload_service.parts import Cut
from upload_service.storage import Storage
from upload_service.stored import PartSeen, Presigned

_MISSING_TOLD = 1_000


@dataclass(frozen=True, slots=True)
class Signed:
    """Where a part of exactly `size` bytes goes."""

    number: int
    size: int
    address: Presigned


@dataclass(frozen=True, slots=True)
class Arrival:
    """What S3 has of it. `assembled`: it is one object already."""

    parts: list[PartSeen]
    assembled: bool


@dataclass(frozen=True, slots=True)
class ObjectInParts:
    """`s3_id` is S3's name for the upload in parts to `key`."""

    storage: Storage
    key: str
    s3_id: str
    cut: Cut

    async def sign(self, numbers: Sequence[int], *, seconds: int) -> list[Signed]:
        """Addresses of these parts. Raises Conflict for a number that is not among them."""
        try:
            sizes = {number: self.cut.size_of(number) for number in numbers}
        except ValueError as error:
            raise Conflict(str(error)) from None
        return [
            Signed(
                number,
                size,
                await self.storage.presign_part(self.key, self.s3_id, number, size=size, seconds=seconds),
            )
            for number, size in sizes.items()
        ]

    async def arrived(self) -> Arrival:
        seen = await self._seen()
        return Arrival(seen, bool(self.cut.missing(seen)) and await self._is_whole())

    async def assemble(self) -> None:
        """Make the object of its parts, if nobody has yet. Raises PartsMissing with their numbers."""
        seen = await self._seen()
        missing = self.cut.missing(seen)
        if not missing:
            try:
                await self.storage.complete_multipart(self.key, self.s3_id, seen)
                return
            except ObjectNotFound:  # somebody else was faster, or we have been here before
                missing = list(range(1, self.cut.count + 1))
            except StorageUnavailable:  # or only the answer was lost
                if await self._is_whole():
                    return
                raise
        if not await self._is_whole():
            raise PartsMissing(
                f"{len(missing)} of {self.cut.count} parts", missing=missing[:_MISSING_TOLD], missingCount=len(missing)
            )

    async def _seen(self) -> list[PartSeen]:
        return self.cut.arrived(await self.storage.parts(self.key, self.s3_id))

    async def _is_whole(self) -> bool:
        try:
            return (await self.storage.head(self.key)).size == self.cut.size
        except ObjectNotFound:
            return False


async def let_go(storage: Storage, key: str) -> None:
    """Abort whatever is on its way to this key. Found by the key, so that also an id that nobody kept is found."""
    for s3_id in await storage.multiparts(key):
        await storage.abort_multipart(key, s3_id)
