"""What is exported, in pages by key: each page is a question of its own, so that a slow reader holds nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics_service.export import Cell
from servicekit.database import Connection

LEARNER_COLUMNS = (
    "course_id",
    "lesson_id",
    "lesson_title",
    "learner_id",
    "covered_seconds",
    "duration_seconds",
    "watched_seconds",
    "verified_seconds",
    "views",
    "first_viewed_on",
    "last_watched_at",
    "completed_at",
)


@dataclass(frozen=True, slots=True)
class Contents:
    """A course's owner, and its lessons in order."""

    owner_id: str
    lesson_ids: tuple[str, ...]


async def contents(conn: Connection, course_id: str) -> Contents | None:
    row = await conn.fetchrow(
        """
        SELECT owner_id, ARRAY(SELECT lesson_id FROM lessons l WHERE l.course_id = c.course_id AND NOT l.deleted
                               ORDER BY position, lesson_id) AS lesson_ids
        FROM courses c WHERE course_id = $1 AND NOT deleted
        """,
        course_id,
    )
    return Contents(row["owner_id"], tuple(row["lesson_ids"])) if row is not None else None


async def learners(conn: Connection, lesson_id: str, after: str, limit: int) -> list[Sequence[Cell]]:
    """The lesson's learners from `after` on, by id, as LEARNER_COLUMNS; those whom the transaction's user may see.

    Seconds covered are of the video that the lesson has now, all other numbers of every video that it had.
    """
    rows = await conn.fetch(
        """
        SELECT l.course_id, l.lesson_id, l.title, p.learner_id,
               CASE WHEN p.video_revision = l.video_revision
                    THEN (SELECT coalesce(sum(upper(r) - lower(r)), 0) FROM unnest(p.covered) r) / 1000.0
                    ELSE 0 END::float8,
               l.duration_ms / 1000.0::float8, (p.covered_ms + p.replayed_ms) / 1000.0::float8,
               p.spent_ms / 1000.0::float8, (SELECT count(*) FROM unnest(p.viewing)), p.entered_on,
               p.last_watched_at, p.completed_at
        FROM learner_lessons p JOIN lessons l USING (lesson_id)
        WHERE p.lesson_id = $1 AND p.learner_id > $2
        ORDER BY p.learner_id LIMIT $3
        """,
        lesson_id,
        after,
        limit,
    )
    return [tuple(row) for row in rows]
