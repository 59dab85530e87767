"""Who watches a lesson is woken when its version moves. An author waits for minutes; a second does not matter."""

import asyncio
from collections.abc import Collection, Mapping

from servicekit.database import Pool, transaction
from servicekit.watching import Watchers
from upload_service import store_stream


def lesson_watchers(pool: Pool, stopping: asyncio.Event) -> Watchers[int]:
    """By lesson id, watching versions."""

    async def look(lesson_ids: Collection[str]) -> Mapping[str, int]:
        async with transaction(pool, readonly=True) as conn:
            return await store_stream.versions(conn, lesson_ids)

    return Watchers(look, stopping)
