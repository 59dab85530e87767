"""Offsets and projections: one function per question, set-based, rows in key order."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from contracts import CourseChanged, EnrollmentChanged, LessonChanged
from servicekit.database import Connection

E = TypeVar("E", CourseChanged, LessonChanged, EnrollmentChanged)


class Position(NamedTuple):
    """Up to where a partition has been applied."""

    partition: int
    next_offset: int
    record_at: datetime


async def next_offsets(conn: Connection, topic: str, topic_id: UUID, partitions: Collection[int]) -> dict[int, int]:
    """The first offset of each partition that is not in the tables yet; locks them until the transaction ends."""
    rows = await conn.fetch(
        """
        SELECT partition, next_offset FROM applied_offsets
        WHERE topic = $1 AND topic_id = $2 AND partition = ANY($3::integer[])
        ORDER BY partition FOR UPDATE
        """,
        topic,
        topic_id,
        sorted(partitions),
    )
    return {row["partition"]: row["next_offset"] for row in rows}


async def advance_offsets(conn: Connection, topic: str, topic_id: UUID, positions: Iterable[Position]) -> None:
    """Record what this transaction applies; a position never goes back."""
    ordered = sorted(positions)
    await conn.execute(
        """
        INSERT INTO applied_offsets AS o (topic, topic_id, partition, next_offset, record_at)
        SELECT $1, $2, p.partition, p.next_offset, p.record_at
        FROM unnest($3::integer[], $4::bigint[], $5::timestamptz[]) AS p(partition, next_offset, record_at)
        ORDER BY p.partition
        ON CONFLICT (topic, topic_id, partition) DO UPDATE SET
            next_offset = greatest(o.next_offset, excluded.next_offset),
            record_at = greatest(o.record_at, excluded.record_at)
        """,
        topic,
        topic_id,
        [position.partition for position in ordered],
        [position.next_offset for position in ordered],
        [position.record_at for position in ordered],
    )


async def project_courses(conn: Connection, events: Iterable[CourseChanged]) -> None:
    """Take over each course's highest version, unless it is already here."""
    newest = _newest((event.course_id, event) for event in events)
    await conn.execute(
        """
        INSERT INTO courses AS c (course_id, version, owner_id, title, deleted, changed_at)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::boolean[], $6::timestamptz[])
        ON CONFLICT (course_id) DO UPDATE SET
            version = excluded.version, owner_id = excluded.owner_id, title = excluded.title,
            deleted = excluded.deleted, changed_at = excluded.changed_at
        WHERE excluded.version > c.version
        """,
        [event.course_id for event in newest],
        [event.version for event in newest],
        [event.owner_id for event in newest],
        [event.title for event in newest],
        [event.deleted for event in newest],
        [event.changed_at for event in newest],
    )


async def project_lessons(conn: Connection, events: Iterable[LessonChanged]) -> None:
    """Take over each lesson's highest version, unless it is already here."""
    newest = _newest((event.lesson_id, event) for event in events)
    await conn.execute(
        """
        INSERT INTO lessons AS l (lesson_id, version, course_id, title, position, duration_ms, deleted, changed_at,
                                  video_revision)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[],
                             $7::boolean[], $8::timestamptz[], $9::bigint[])
        ON CONFLICT (lesson_id) DO UPDATE SET
            version = excluded.version, course_id = excluded.course_id, title = excluded.title,
            position = excluded.position, duration_ms = excluded.duration_ms, deleted = excluded.deleted,
            changed_at = excluded.changed_at, video_revision = excluded.video_revision
        WHERE excluded.version > l.version
        """,
        [event.lesson_id for event in newest],
        [event.version for event in newest],
        [event.course_id for event in newest],
        [event.title for event in newest],
        [event.position for event in newest],
        [event.video.duration_ms if event.video is not None else None for event in newest],
        [event.deleted for event in newest],
        [event.changed_at for event in newest],
        [event.video_revision for event in newest],
    )


async def project_enrollments(conn: Connection, events: Iterable[EnrollmentChanged]) -> None:
    """Take over the highest version of each learner's enrollment in a course, unless it is already here."""
    newest = _newest((event.key, event) for event in events)
    await conn.execute(
        """
        INSERT INTO enrollments AS e (course_id, learner_id, version, status, cohort, changed_at)
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[])
        ON CONFLICT (course_id, learner_id) DO UPDATE SET
            version = excluded.version, status = excluded.status, cohort = excluded.cohort,
            changed_at = excluded.changed_at
        WHERE excluded.version > e.version
        """,
        [event.course_id for event in newest],
        [event.learner_id for event in newest],
        [event.version for event in newest],
        [event.status for event in newest],
        [event.cohort for event in newest],
        [event.changed_at for event in newest],
    )


def _newest(events: Iterable[tuple[str, E]]) -> list[E]:
    newest: dict[str, E] = {}
    for key, event in events:
        if key not in newest or event.version > newest[key].version:
            newest[key] = event
    return [newest[key] for key in sorted(newest)]
