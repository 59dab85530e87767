"""What an upload that was given up may leave in S3: parts, and whatever still comes to an address that works.

Its row stays until the last of its addresses has expired; only then can nothing come back.
"""

from servicekit.database import transaction
from upload_service import store_incoming
from upload_service.lesson_videos import LessonVideos
from upload_service.object_in_parts import let_go
from upload_service.store_incoming import GivenUp


async def clear(videos: LessonVideos, *, limit: int = 100) -> int:
    """One round of the sweep; returns how many uploads it let go of. Raises StorageUnavailable."""
    async with transaction(videos.pool, readonly=True) as conn:
        given_up = await store_incoming.given_up(conn, limit=limit)
    for upload in given_up:
        await _clear(videos, upload)
    return len(given_up)


async def _clear(videos: LessonVideos, upload: GivenUp) -> None:
    if upload.in_parts:
        await let_go(videos.storage, upload.key)
    if upload.closed:
        await videos.storage.delete(upload.key)
    async with transaction(videos.pool) as conn:
        await (store_incoming.forget if upload.closed else store_incoming.released)(conn, upload.upload_id)
