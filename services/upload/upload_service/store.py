"""Courses and lessons in SQL: one function per question."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import asyncpg

from servicekit.database import Connection
from upload_service import store_uploads
from upload_service.lifecycle import Upload
from upload_service.model import Course, Lesson

_COURSE = "SELECT id, owner_id, title, published, public, rules, version, deleted FROM courses"
_LESSON = "SELECT id, course_id, title, position, required, rules, version, deleted, captions FROM lessons"


async def course(conn: Connection, course_id: str) -> Course | None:
    """A course, deleted ones too."""
    return _course(await conn.fetchrow(_COURSE + " WHERE id = $1", course_id))


async def lock_course(conn: Connection, course_id: str) -> Course | None:
    """A course that nobody else changes until the transaction ends."""
    return _course(await conn.fetchrow(_COURSE + " WHERE id = $1 FOR UPDATE", course_id))


async def hold_course(conn: Connection, course_id: str) -> Course | None:
    """A course that nobody changes until the transaction ends, though others may hold it as well."""
    return _course(await conn.fetchrow(_COURSE + " WHERE id = $1 FOR SHARE", course_id))


async def reserve_course(conn: Connection, course_id: str, owner_id: str) -> bool:
    """Make the row, unannounced, so that it can be locked. False if it was there."""
    done = await conn.fetchval(
        "INSERT INTO courses (id, owner_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true", course_id, owner_id
    )
    return done is not None


async def write_course(conn: Connection, course: Course) -> None:
    """Write the whole state of a locked course."""
    await conn.execute(
        """
        UPDATE courses SET owner_id = $2, title = $3, published = $4, public = $5, rules = $6, version = $7,
               deleted = $8, updated_at = now()
        WHERE id = $1
        """,
        course.id,
        course.owner_id,
        course.title,
        course.published,
        course.public,
        course.rules,
        course.version,
        course.deleted,
    )


async def courses(
    conn: Connection, *, owner_id: str | None, published_only: bool, after: str, limit: int
) -> list[Course]:
    """Courses in the order of their ids, from behind `after`; of one owner if given."""
    rows = await conn.fetch(
        _COURSE
        + """
        WHERE NOT deleted AND id > $1 AND ($2::text IS NULL OR owner_id = $2) AND (published OR NOT $3)
        ORDER BY id LIMIT $4
        """,
        after,
        owner_id,
        published_only,
        limit,
    )
    return [found for row in rows if (found := _course(row)) is not None]


async def reserve_lesson(conn: Connection, lesson_id: str, course_id: str) -> bool:
    """Make the row, unannounced, so that it can be locked. False if it was there."""
    done = await conn.fetchval(
        "INSERT INTO lessons (id, course_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true",
        lesson_id,
        course_id,
    )
    return done is not None


async def lesson(conn: Connection, lesson_id: str) -> Lesson | None:
    """A lesson with its uploads, deleted ones too."""
    return await _with_uploads(conn, await conn.fetchrow(_LESSON + " WHERE id = $1", lesson_id))


async def lock_lesson(conn: Connection, lesson_id: str) -> Lesson | None:
    """A lesson with its uploads; nobody else changes either until the transaction ends."""
    return await _with_uploads(conn, await conn.fetchrow(_LESSON + " WHERE id = $1 FOR UPDATE", lesson_id))


async def lock_free_lessons(conn: Connection, lesson_ids: Iterable[str]) -> dict[str, Lesson]:
    """Lock those of the lessons that nobody else has locked, without waiting, and return them by id."""
    rows = await conn.fetch(
        _LESSON + " WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE SKIP LOCKED", sorted(lesson_ids)
    )
    uploads = await store_uploads.of_lessons(conn, [row["id"] for row in rows])
    return {row["id"]: _lesson(row, uploads.get(row["id"], ())) for row in rows}


async def lessons_of(conn: Connection, course_id: str, *, lock: bool = False) -> list[Lesson]:
    """The lessons of a course that are not deleted, by position; locked in the order of their ids if asked."""
    if lock:
        await conn.execute("SELECT FROM lessons WHERE course_id = $1 ORDER BY id FOR UPDATE", course_id)
    rows = await conn.fetch(_LESSON + " WHERE course_id = $1 AND NOT deleted ORDER BY position, id", course_id)
    uploads = await store_uploads.of_lessons(conn, [row["id"] for row in rows])
    return [_lesson(row, uploads.get(row["id"], ())) for row in rows]


async def write_lessons(conn: Connection, lessons: Sequence[Lesson]) -> None:
    """Write the whole state of locked lessons, with the columns that are derived from their uploads."""
    await conn.executemany(
        """
        UPDATE lessons SET title = $2, position = $3, required = $4, rules = $5, version = $6, deleted = $7,
               video_provider = $8, mux_upload_id = $9, mux_asset_id = $10, mux_playback_id = $11,
               playback_policy = $12, processing_status = $13, error = $14, duration = $15::bigint / 1000.0,
               video_url = $16, captions = $17, updated_at = now()
        WHERE id = $1
        """,
        [_written(lesson) for lesson in lessons],
    )


def _written(lesson: Lesson) -> tuple[object, ...]:
    video, newest = lesson.video, lesson.newest
    playable = video.playable
    return (
        lesson.id,
        lesson.title,
        lesson.position,
        lesson.required,
        lesson.rules,
        lesson.version,
        lesson.deleted,
        lesson.provider,
        newest.mux_upload_id if newest else None,
        playable.asset_id if playable else newest.known.asset_id if newest else None,
        playable.playback_id if playable else None,
        playable.policy if playable else None,
        video.status,
        video.error,
        playable.duration_ms if playable else None,
        playable.s3_url if playable else None,
        lesson.captions,
    )


async def _with_uploads(conn: Connection, row: asyncpg.Record | None) -> Lesson | None:
    if row is None:
        return None
    return _lesson(row, (await store_uploads.of_lessons(conn, [row["id"]])).get(row["id"], ()))


def _course(row: asyncpg.Record | None) -> Course | None:
    return Course(**row) if row is not None else None


def _lesson(row: asyncpg.Record, uploads: tuple[Upload, ...]) -> Lesson:
    return replace(Lesson(**row), uploads=uploads)
