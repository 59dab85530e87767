"""SQL of enrollments. A removed one stays as a row: its version keeps older events from bringing the right back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asyncpg import Record

from contracts import EnrollmentChanged, EnrollmentStatus
from servicekit.database import Connection

_CHANGE = """
INSERT INTO enrollments AS stored (learner_id, course_id, status, expires_at, version, changed_at, cohort)
SELECT DISTINCT learner_id, $2::text, $3::text, $4::timestamptz, 1, now(), $5::text
FROM unnest($1::text[]) AS t (learner_id) ORDER BY learner_id
ON CONFLICT (learner_id, course_id) DO UPDATE SET
    status = excluded.status, expires_at = excluded.expires_at, version = stored.version + 1,
    changed_at = greatest(excluded.changed_at, stored.changed_at), cohort = coalesce(excluded.cohort, stored.cohort)
WHERE (stored.status, stored.expires_at, stored.cohort)
    IS DISTINCT FROM (excluded.status, excluded.expires_at, coalesce(excluded.cohort, stored.cohort))
RETURNING learner_id, course_id, version, status, expires_at, changed_at, cohort
"""

_CHANGE_ROWS = """
INSERT INTO enrollments AS stored (learner_id, course_id, status, expires_at, version, changed_at, cohort)
SELECT learner_id, $4::text, status, expires_at, 1, now(), cohort
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $5::text[]) AS t (learner_id, status, expires_at, cohort)
WHERE status <> 'removed'
   OR EXISTS (SELECT FROM enrollments e WHERE e.learner_id = t.learner_id AND e.course_id = $4::text)
ORDER BY learner_id
ON CONFLICT (learner_id, course_id) DO UPDATE SET
    status = excluded.status, expires_at = excluded.expires_at, version = stored.version + 1,
    changed_at = greatest(excluded.changed_at, stored.changed_at), cohort = coalesce(excluded.cohort, stored.cohort)
WHERE (stored.status, stored.expires_at, stored.cohort)
    IS DISTINCT FROM (excluded.status, excluded.expires_at, coalesce(excluded.cohort, stored.cohort))
RETURNING learner_id, course_id, version, status, expires_at, changed_at, cohort
"""

_APPLY = """
INSERT INTO enrollments AS stored (learner_id, course_id, status, expires_at, version, changed_at, cohort)
SELECT DISTINCT ON (learner_id, course_id) *
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::bigint[], $6::timestamptz[], $7::text[])
    AS t (learner_id, course_id, status, expires_at, version, changed_at, cohort)
ORDER BY learner_id, course_id, version DESC
ON CONFLICT (learner_id, course_id) DO UPDATE SET
    status = excluded.status, expires_at = excluded.expires_at, version = excluded.version,
    changed_at = excluded.changed_at, cohort = excluded.cohort
WHERE excluded.version > stored.version
"""

_LIST = """
SELECT learner_id, course_id, version, status, expires_at, changed_at, cohort
FROM enrollments
WHERE course_id = $1 AND learner_id > $2 AND status <> 'removed'
ORDER BY learner_id LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class StoredEnrollment:
    learner_id: str
    course_id: str
    version: int
    status: EnrollmentStatus
    expires_at: datetime | None
    changed_at: datetime
    cohort: str | None


async def owner_of(conn: Connection, course_id: str) -> str | None:
    """The course's owner as far as this service knows; None if it knows no such course."""
    owner: str | None = await conn.fetchval(
        "SELECT owner_id FROM courses WHERE course_id = $1 AND NOT deleted", course_id
    )
    return owner


async def change(
    conn: Connection,
    course_id: str,
    learner_ids: Sequence[str],
    *,
    status: EnrollmentStatus,
    expires_at: datetime | None,
    cohort: str | None = None,
) -> list[StoredEnrollment]:
    """Give these learners this state in the course; without a cohort they stay in theirs.

    Returns those that were not in it already, rows locked.
    """
    rows = await conn.fetch(_CHANGE, list(learner_ids), course_id, status, expires_at, cohort)
    return [_stored(row) for row in rows]


async def change_rows(
    conn: Connection, course_id: str, rows: Sequence[tuple[str, EnrollmentStatus, datetime | None, str | None]]
) -> list[StoredEnrollment]:
    """Give each learner, named once, a state of their own. Returns those that were not in it already, rows locked."""
    learners, statuses, ends, cohorts = zip(*rows, strict=True)
    changed = await conn.fetch(_CHANGE_ROWS, list(learners), list(statuses), list(ends), course_id, list(cohorts))
    return [_stored(row) for row in changed]


async def apply(conn: Connection, events: Sequence[EnrollmentChanged]) -> None:
    """Take over what an LMS, or this service itself, has announced, where it is newer than what is stored."""
    await conn.execute(
        _APPLY,
        [event.learner_id for event in events],
        [event.course_id for event in events],
        [event.status for event in events],
        [event.expires_at for event in events],
        [event.version for event in events],
        [event.changed_at for event in events],
        [event.cohort for event in events],
    )


async def find(conn: Connection, course_id: str, learner_id: str) -> StoredEnrollment | None:
    """One enrollment, removed ones included."""
    row = await conn.fetchrow(
        """
        SELECT learner_id, course_id, version, status, expires_at, changed_at, cohort
        FROM enrollments WHERE learner_id = $1 AND course_id = $2
        """,
        learner_id,
        course_id,
    )
    return _stored(row) if row is not None else None


async def page(conn: Connection, course_id: str, *, after: str, limit: int) -> list[StoredEnrollment]:
    """Up to `limit` enrollments that are not removed, by learner id, beginning after that one."""
    return [_stored(row) for row in await conn.fetch(_LIST, course_id, after, limit)]


def _stored(row: Record) -> StoredEnrollment:
    return StoredEnrollment(**row)
