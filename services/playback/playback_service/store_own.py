"""SQL of what a learner may know of the own enrollments, each beside what its course says of who may watch."""

from dataclasses import dataclass

from asyncpg import Record

from playback_service.entitlement import Course, Enrollment
from servicekit.database import Connection

_ONE = """
SELECT asked.course_id, status, expires_at, owner_id, published, public, deleted
FROM (SELECT $2::text AS course_id) AS asked
LEFT JOIN enrollments ON enrollments.learner_id = $1 AND enrollments.course_id = asked.course_id
LEFT JOIN courses ON courses.course_id = asked.course_id
"""

_PAGE = """
SELECT course_id, status, expires_at, owner_id, published, public, deleted
FROM enrollments LEFT JOIN courses USING (course_id)
WHERE learner_id = $1 AND course_id > $2
ORDER BY course_id LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A learner's place in a course; `course` is None as long as nothing was heard of it."""

    course_id: str
    enrollment: Enrollment | None
    course: Course | None


async def place(conn: Connection, learner_id: str, course_id: str) -> Place:
    """The learner's place in any course, known or not."""
    row = await conn.fetchrow(_ONE, learner_id, course_id)
    assert row is not None  # it begins with what was asked
    return _place(row)


async def page(conn: Connection, learner_id: str, *, after: str, limit: int) -> list[Place]:
    """Up to `limit` places that the learner has or had, by course id, beginning after that one."""
    return [_place(row) for row in await conn.fetch(_PAGE, learner_id, after, limit)]


def _place(row: Record) -> Place:
    return Place(
        course_id=row["course_id"],
        enrollment=Enrollment(row["status"], row["expires_at"]) if row["status"] is not None else None,
        course=Course(row["owner_id"], row["published"], row["public"], row["deleted"])
        if row["owner_id"] is not None
        else None,
    )
