"""Videos on their way from a browser to S3, in SQL: one function per question."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicekit.database import Connection


@dataclass(frozen=True, slots=True)
class Incoming:
    """What was declared of a video. `part_size` None: it comes in one piece. Sizes in bytes."""

    upload_id: UUID
    content_type: str
    size: int
    part_size: int | None
    s3_upload_id: str | None
    writable_until: datetime


@dataclass(frozen=True, slots=True)
class GivenUp:
    """An upload that nobody wants any more. `closed`: none of its addresses works any longer."""

    upload_id: UUID
    key: str
    in_parts: bool
    closed: bool


async def add(conn: Connection, incoming: Incoming) -> None:
    await conn.execute(
        """
        INSERT INTO incoming (upload_id, content_type, size, part_size, s3_upload_id, writable_until)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        incoming.upload_id,
        incoming.content_type,
        incoming.size,
        incoming.part_size,
        incoming.s3_upload_id,
        incoming.writable_until,
    )


async def incoming(conn: Connection, upload_id: UUID) -> Incoming | None:
    row = await conn.fetchrow(
        """
        SELECT upload_id, content_type, size, part_size, s3_upload_id, writable_until FROM incoming
        WHERE upload_id = $1
        """,
        upload_id,
    )
    return Incoming(**row) if row is not None else None


async def begun(conn: Connection, upload_id: UUID, s3_upload_id: str) -> None:
    """S3 has begun the upload in parts."""
    await conn.execute("UPDATE incoming SET s3_upload_id = $2 WHERE upload_id = $1", upload_id, s3_upload_id)


async def extend(conn: Connection, upload_id: UUID, until: datetime) -> None:
    """Addresses were handed out that work until then."""
    await conn.execute(
        "UPDATE incoming SET writable_until = greatest(writable_until, $2) WHERE upload_id = $1", upload_id, until
    )


async def given_up(conn: Connection, *, limit: int) -> list[GivenUp]:
    """Unwanted uploads whose parts were not let go yet, or to whose addresses nothing can come any more."""
    rows = await conn.fetch(
        """
        SELECT i.upload_id, u.s3_key AS key, i.part_size IS NOT NULL AS in_parts, i.writable_until < now() AS closed
        FROM incoming i JOIN uploads u ON u.id = i.upload_id
        WHERE u.discarded AND (i.released_at IS NULL OR i.writable_until < now())
        ORDER BY i.upload_id LIMIT $1
        """,
        limit,
    )
    return [GivenUp(**row) for row in rows]


async def released(conn: Connection, upload_id: UUID) -> None:
    """Its parts are gone, though something may still come."""
    await conn.execute("UPDATE incoming SET released_at = now() WHERE upload_id = $1", upload_id)


async def forget(conn: Connection, upload_id: UUID) -> None:
    """Nothing of it is in S3, and nothing can come any more."""
    await conn.execute("DELETE FROM incoming WHERE upload_id = $1", upload_id)
