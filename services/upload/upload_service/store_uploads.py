"""Attempts to bring a video in, in SQL. Their lesson's lock is theirs too."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from servicekit.database import Connection
from upload_service.lifecycle import Knowledge, Upload
from upload_service.model import OpenUpload, UploadRecord, in_order


async def of_lessons(conn: Connection, lesson_ids: Sequence[str]) -> dict[str, tuple[Upload, ...]]:
    """The uploads of lessons, oldest attempt first; lessons without any are missing."""
    found: dict[str, list[Upload]] = {}
    rows = await conn.fetch(
        """
        SELECT id, lesson_id, provider, policy, mux_upload_id, mux_asset_id, status, error, signed_playback_id,
               public_playback_id, duration_ms, size_bytes, discarded, s3_key, s3_url, copy_of, staged, redrive,
               progress, revision, played_at
        FROM uploads WHERE lesson_id = ANY($1::text[])
        """,
        lesson_ids,
    )
    for row in rows:
        found.setdefault(row["lesson_id"], []).append(_upload(row))
    return {lesson_id: in_order(uploads) for lesson_id, uploads in found.items()}


async def write(conn: Connection, uploads: Sequence[tuple[str, Upload]]) -> None:
    """Insert or overwrite uploads of locked lessons, each with its lesson's id."""
    await conn.executemany(
        """
        INSERT INTO uploads AS u (id, lesson_id, provider, policy, mux_upload_id, mux_asset_id, status, error,
               signed_playback_id, public_playback_id, duration_ms, discarded, s3_key, s3_url, copy_of, staged,
               redrive, progress, revision, played_at, size_bytes)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
        ON CONFLICT (id) DO UPDATE SET mux_upload_id = excluded.mux_upload_id, mux_asset_id = excluded.mux_asset_id,
               status = excluded.status, error = excluded.error, signed_playback_id = excluded.signed_playback_id,
               public_playback_id = excluded.public_playback_id, duration_ms = excluded.duration_ms,
               size_bytes = excluded.size_bytes,
               discarded = excluded.discarded, staged = excluded.staged, progress = excluded.progress,
               revision = excluded.revision, played_at = excluded.played_at, updated_at = now(),
               checked_at = CASE WHEN excluded.discarded AND NOT u.discarded THEN NULL ELSE u.checked_at END
        WHERE u.lesson_id = excluded.lesson_id
        """,
        [
            (
                upload.id,
                lesson_id,
                upload.provider,
                upload.policy,
                upload.mux_upload_id,
                upload.known.asset_id,
                upload.known.status,
                upload.known.error,
                upload.known.signed_playback_id,
                upload.known.public_playback_id,
                upload.known.duration_ms,
                upload.discarded,
                upload.s3_key,
                upload.s3_url,
                upload.copy_of,
                upload.staged,
                upload.redrive,
                upload.progress,
                upload.revision,
                upload.played_at,
                upload.known.size_bytes,
            )
            for lesson_id, upload in uploads
        ],
    )


async def of_mux(conn: Connection, mux_upload_id: str | None, mux_asset_id: str | None) -> OpenUpload | None:
    """The upload that Mux's ids belong to; the upload's id decides where both are given."""
    row = await conn.fetchrow(
        """
        SELECT id, lesson_id, mux_upload_id, mux_asset_id FROM uploads
        WHERE mux_upload_id = $1 OR mux_asset_id = $2
        ORDER BY mux_upload_id IS NOT DISTINCT FROM $1 DESC, id LIMIT 1
        """,
        mux_upload_id,
        mux_asset_id,
    )
    return OpenUpload(**row) if row is not None else None


async def record(conn: Connection, upload_id: UUID) -> UploadRecord | None:
    """An upload with its course's owner."""
    row = await conn.fetchrow(
        """
        SELECT u.id, u.lesson_id, u.provider, u.policy, u.mux_upload_id, u.mux_asset_id, u.status, u.error,
               u.signed_playback_id, u.public_playback_id, u.duration_ms, u.size_bytes, u.discarded, u.s3_key, u.s3_url,
               u.copy_of, u.staged, u.redrive, u.progress, u.revision, u.played_at, u.created_at, u.updated_at,
               c.owner_id
        FROM uploads u JOIN lessons l ON l.id = u.lesson_id JOIN courses c ON c.id = l.course_id
        WHERE u.id = $1
        """,
        upload_id,
    )
    if row is None:
        return None
    return UploadRecord(_upload(row), row["lesson_id"], row["owner_id"], row["created_at"], row["updated_at"])


def _upload(row: asyncpg.Record) -> Upload:
    return Upload(
        id=row["id"],
        provider=row["provider"],
        policy=row["policy"],
        mux_upload_id=row["mux_upload_id"],
        discarded=row["discarded"],
        s3_key=row["s3_key"],
        s3_url=row["s3_url"],
        copy_of=row["copy_of"],
        staged=row["staged"],
        redrive=row["redrive"],
        progress=row["progress"],
        revision=row["revision"],
        played_at=row["played_at"],
        known=Knowledge(
            status=row["status"],
            asset_id=row["mux_asset_id"],
            signed_playback_id=row["signed_playback_id"],
            public_playback_id=row["public_playback_id"],
            duration_ms=row["duration_ms"],
            error=row["error"],
            size_bytes=row["size_bytes"],
        ),
    )
