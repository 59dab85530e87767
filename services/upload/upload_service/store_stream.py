"""What those who watch lessons ask, in SQL: one question for all of them."""

from collections.abc import Iterable

from servicekit.database import Connection


async def versions(conn: Connection, lesson_ids: Iterable[str]) -> dict[str, int]:
    """The versions of lessons, deleted ones too; those that do not exist are missing."""
    rows = await conn.fetch("SELECT id, version FROM lessons WHERE id = ANY($1::text[])", list(lesson_ids))
    return {row["id"]: row["version"] for row in rows}
