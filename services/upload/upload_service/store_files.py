"""Files in SQL: one function per question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg

from servicekit.database import Connection
from upload_service.placement import Kind

FileState = Literal["pending", "ready", "refused"]

_FILE = """
SELECT id, owner_id, lesson_id, kind, filename, content_type, size, key, part_size, s3_upload_id, state, reason,
       writable_until, created_at
FROM files
"""


@dataclass(frozen=True, slots=True)
class File:
    """A file that is not deleted. Sizes in bytes; without `part_size` it comes in one piece. `reason`: why refused."""

    id: UUID
    owner_id: str
    lesson_id: str | None
    kind: Kind
    filename: str
    content_type: str
    size: int
    key: str
    part_size: int | None
    s3_upload_id: str | None
    state: FileState
    reason: str | None
    writable_until: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Leftover:
    """An object that nobody wants, or parts of one."""

    id: UUID
    key: str
    in_parts: bool


async def add_file(conn: Connection, file: File) -> None:
    await conn.execute(
        """
        INSERT INTO files (id, owner_id, lesson_id, kind, filename, content_type, size, key, part_size, s3_upload_id,
                           writable_until, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        file.id,
        file.owner_id,
        file.lesson_id,
        file.kind,
        file.filename,
        file.content_type,
        file.size,
        file.key,
        file.part_size,
        file.s3_upload_id,
        file.writable_until,
        file.created_at,
    )


async def file(conn: Connection, file_id: UUID) -> File | None:
    return _file(await conn.fetchrow(_FILE + " WHERE id = $1 AND NOT deleted", file_id))


async def begun(conn: Connection, file_id: UUID, s3_upload_id: str) -> None:
    """S3 has begun the upload in parts."""
    await conn.execute("UPDATE files SET s3_upload_id = $2 WHERE id = $1", file_id, s3_upload_id)


async def extend(conn: Connection, file_id: UUID, until: datetime) -> None:
    """Addresses were handed out that work until then."""
    await conn.execute("UPDATE files SET writable_until = greatest(writable_until, $2) WHERE id = $1", file_id, until)


async def settle_file(conn: Connection, file_id: UUID, reason: str | None) -> File | None:
    """Ready, or refused for a reason: whoever settles first decides. None if it was deleted."""
    await conn.execute(
        """
        UPDATE files SET state = CASE WHEN $2::text IS NULL THEN 'ready' ELSE 'refused' END, reason = $2,
               updated_at = now()
        WHERE id = $1 AND state = 'pending' AND NOT deleted
        """,
        file_id,
        reason,
    )
    return await file(conn, file_id)


async def delete_file(conn: Connection, file_id: UUID) -> None:
    """Nobody sees it any more; its object goes with the sweep at the latest."""
    await conn.execute("UPDATE files SET deleted = true, updated_at = now() WHERE id = $1", file_id)


async def claim_clearable(conn: Connection, *, abandoned_after_s: float, limit: int) -> list[Leftover]:
    """Files whose objects can no longer come back: deleted ones, and after a while refused and unfinished ones.

    They are deleted from now on, so that none is finished while its object goes.
    """
    rows = await conn.fetch(
        """
        UPDATE files SET deleted = true WHERE id IN (
            SELECT id FROM files
            WHERE (deleted OR state <> 'ready') AND writable_until < now()
              AND (deleted OR greatest(writable_until, updated_at) < now() - make_interval(secs => $1))
            ORDER BY writable_until LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING id, key, part_size IS NOT NULL AS in_parts
        """,
        abandoned_after_s,
        limit,
    )
    return [Leftover(**row) for row in rows]


async def forget_files(conn: Connection, file_ids: Sequence[UUID]) -> None:
    """Drop the rows of deleted files whose objects are gone."""
    await conn.execute("DELETE FROM files WHERE id = ANY($1::uuid[]) AND deleted", file_ids)


def _file(row: asyncpg.Record | None) -> File | None:
    return File(**row) if row is not None else None


@dataclass(frozen=True, slots=True)
class StoredVideo:
    """A lesson's video in S3."""

    id: UUID
    lesson_id: str
    key: str


async def interrupted_videos(conn: Connection, *, after_s: float, limit: int) -> list[StoredVideo]:
    """Videos that began their way to S3 so long ago that whoever brought them is gone."""
    rows = await conn.fetch(
        """
        SELECT id, lesson_id, s3_key AS key FROM uploads
        WHERE provider = 's3' AND s3_key IS NOT NULL AND status = 'waiting' AND NOT discarded
          AND coalesce((SELECT writable_until FROM incoming WHERE upload_id = uploads.id), created_at)
              < now() - make_interval(secs => $1)
        ORDER BY id LIMIT $2
        """,
        after_s,
        limit,
    )
    return [StoredVideo(**row) for row in rows]


async def unwanted_videos(conn: Connection, *, limit: int) -> list[StoredVideo]:
    """Videos in S3 that no lesson plays any more."""
    rows = await conn.fetch(
        """
        SELECT id, lesson_id, s3_key AS key FROM uploads
        WHERE discarded AND s3_key IS NOT NULL AND status <> 'deleted' ORDER BY id LIMIT $1
        """,
        limit,
    )
    return [StoredVideo(**row) for row in rows]
