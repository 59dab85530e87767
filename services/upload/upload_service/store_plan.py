"""What a plan of a migration asks of the tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from servicekit.database import Connection


@dataclass(frozen=True, slots=True)
class OnS3:
    """A lesson that plays from S3, the upload that it plays, and whether that is on its way to Mux already."""

    lesson_id: str
    course_id: str
    title: str
    source_id: UUID
    key: str
    duration_ms: int | None
    moving: bool


@dataclass(frozen=True, slots=True)
class Target:
    """A lesson that was named. `taken` says that it has a video, or one on its way."""

    lesson_id: str
    course_id: str
    title: str
    status: str
    provider: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Held:
    """An object that is an upload's: the lesson's, which may play something else by now or be gone."""

    key: str
    lesson_id: str
    course_id: str
    title: str
    source_id: UUID
    duration_ms: int | None
    gone: bool
    played: bool
    moving: bool


async def lessons_on_s3(
    conn: Connection,
    *,
    courses: Sequence[str],
    lessons: Sequence[str],
    after: str,
    limit: int,
    planning: UUID | None = None,
) -> list[OnS3]:
    """Lessons of any of the courses, or any of the lessons, or all without either; by id, from behind `after`.

    What the migration that is being planned moves counts as not moving, here and below: it is planned once more.
    """
    rows = await conn.fetch(
        """
        SELECT l.id AS lesson_id, l.course_id, l.title, u.id AS source_id, u.s3_key AS key, u.duration_ms,
               EXISTS (SELECT FROM transfers t WHERE t.source_id = u.id AND t.migration_id IS DISTINCT FROM $5
                       AND t.state IN ('planned', 'asked', 'processing')) AS moving
        FROM lessons l
        JOIN uploads u ON u.lesson_id = l.id AND u.provider = 's3' AND u.s3_url = l.video_url AND NOT u.discarded
        WHERE l.id > $3 AND l.video_provider = 's3' AND l.processing_status = 'ready' AND NOT l.deleted
          AND (l.course_id = ANY($1::text[]) OR l.id = ANY($2::text[])
               OR cardinality($1::text[]) + cardinality($2::text[]) = 0)
        ORDER BY l.id LIMIT $4
        """,
        courses,
        lessons,
        after,
        limit,
        planning,
    )
    return [OnS3(**row) for row in rows]


async def targets(conn: Connection, lesson_ids: Sequence[str], planning: UUID | None = None) -> dict[str, Target]:
    """The lessons of these ids that are not deleted."""
    rows = await conn.fetch(
        """
        SELECT l.id AS lesson_id, l.course_id, l.title, l.processing_status AS status, l.video_provider AS provider,
               l.processing_status IN ('ready', 'processing')
               OR EXISTS (SELECT FROM transfers t WHERE t.lesson_id = l.id AND t.migration_id IS DISTINCT FROM $2
                          AND t.state IN ('planned', 'asked', 'processing')) AS taken
        FROM lessons l JOIN courses c ON c.id = l.course_id
        WHERE l.id = ANY($1::text[]) AND NOT l.deleted AND NOT c.deleted
        """,
        lesson_ids,
        planning,
    )
    return {row["lesson_id"]: Target(**row) for row in rows}


async def known_courses(conn: Connection, course_ids: Sequence[str]) -> set[str]:
    """Those of the courses that are there."""
    rows = await conn.fetch("SELECT id FROM courses WHERE id = ANY($1::text[]) AND NOT deleted", course_ids)
    return {row["id"] for row in rows}


async def used_lesson_ids(conn: Connection, lesson_ids: Sequence[str]) -> set[str]:
    """Those of the ids that a lesson has or had."""
    rows = await conn.fetch("SELECT id FROM lessons WHERE id = ANY($1::text[])", lesson_ids)
    return {row["id"] for row in rows}


async def held(conn: Connection, keys: Sequence[str], planning: UUID | None = None) -> dict[str, Held]:
    """Those of the objects that are a lesson's upload, by key."""
    rows = await conn.fetch(
        """
        SELECT u.s3_key AS key, l.id AS lesson_id, l.course_id, l.title, u.id AS source_id, u.duration_ms,
               l.deleted OR u.discarded OR u.status = 'deleted' AS gone,
               l.video_provider = 's3' AND l.processing_status = 'ready' AND l.video_url = u.s3_url AS played,
               EXISTS (SELECT FROM transfers t WHERE t.source_id = u.id AND t.migration_id IS DISTINCT FROM $2
                       AND t.state IN ('planned', 'asked', 'processing')) AS moving
        FROM uploads u JOIN lessons l ON l.id = u.lesson_id
        WHERE u.s3_key = ANY($1::text[])
        """,
        keys,
        planning,
    )
    return {row["key"]: Held(**{**row, "played": bool(row["played"])}) for row in rows}


async def on_their_way(conn: Connection, migration_id: UUID, lesson_ids: Sequence[str]) -> set[str]:
    """Those of the lessons that the migration has a transfer for."""
    rows = await conn.fetch(
        "SELECT lesson_id FROM transfers WHERE migration_id = $1 AND lesson_id = ANY($2::text[])",
        migration_id,
        lesson_ids,
    )
    return {row["lesson_id"] for row in rows}


async def files(conn: Connection, keys: Sequence[str]) -> set[str]:
    """Those of the objects that are files, which are no lesson's video."""
    rows = await conn.fetch("SELECT key FROM files WHERE key = ANY($1::text[])", keys)
    return {row["key"] for row in rows}


async def one_at_a_time(conn: Connection) -> None:
    """Only one transaction records sources at a time; it ends with the transaction."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtext('seatime.migrations.sources'))")


async def last_positions(conn: Connection, course_ids: Sequence[str]) -> dict[str, int]:
    """The highest position of a lesson by course, -1 without lessons."""
    rows = await conn.fetch(
        """
        SELECT c.id, coalesce(max(l.position), -1) AS last
        FROM courses c LEFT JOIN lessons l ON l.course_id = c.id AND NOT l.deleted AND l.version > 0
        WHERE c.id = ANY($1::text[]) GROUP BY c.id
        """,
        course_ids,
    )
    return {row["id"]: row["last"] for row in rows}
