"""A stream into S3 as an upload in parts, of which one at a time is in memory."""

import asyncio
from collections.abc import AsyncIterator

from servicekit.telemetry import get_logger
from upload_service.errors import StorageRefused, StorageUnavailable
from upload_service.storage import Storage
from upload_service.stored import Part

PART_BYTES = 8 << 20
_MAX_PARTS = 10_000

log = get_logger(__name__)


async def upload_stream(storage: Storage, key: str, chunks: AsyncIterator[bytes], *, content_type: str) -> int:
    """Store what comes, holding one part of it at a time; returns its length.

    Whatever goes wrong, in the source or in S3, leaves no object and no parts behind.
    """
    upload_id = await storage.create_multipart(key, content_type=content_type)
    try:
        parts: list[Part] = []
        size = 0
        async for body in _in_parts(chunks):
            if len(parts) == _MAX_PARTS:
                raise StorageRefused(f"more than {_MAX_PARTS} parts")
            parts.append(await storage.upload_part(key, upload_id, len(parts) + 1, body))
            size += len(body)
        await storage.complete_multipart(key, upload_id, parts)
    except BaseException:
        await _abort_quietly(storage, key, upload_id)
        raise
    return size


async def _abort_quietly(storage: Storage, key: str, upload_id: str) -> None:
    try:
        await asyncio.shield(storage.abort_multipart(key, upload_id))
    except StorageUnavailable as error:
        log.warning("parts left behind", key=key, error=str(error))


async def _in_parts(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of PART_BYTES; at least one piece, and only the last is shorter."""
    held = bytearray()
    several = False
    async for chunk in chunks:
        held += chunk
        while len(held) >= PART_BYTES:
            yield bytes(held[:PART_BYTES])
            del held[:PART_BYTES]
            several = True
    if held or not several:
        yield bytes(held)
