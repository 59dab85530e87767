"""Offsets, projections and reports: one function per question, set-based, rows in key order."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from asyncpg import Record

from analytics_service.retention import Cell
from analytics_service.rollup import Layer, Totals
from analytics_service.spans import Spans
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


@dataclass(frozen=True, slots=True)
class LessonReport:
    """A lesson's numbers, merged from the shards. `as_of` is when the newest event in them was logged."""

    lesson_id: str
    title: str
    duration_ms: int | None
    totals: Totals
    as_of: datetime
    cells: dict[Layer, dict[int, Cell]]


@dataclass(frozen=True, slots=True)
class CourseReport:
    course_id: str
    title: str | None
    owner_id: str | None
    lessons: tuple[LessonReport, ...]


@dataclass(frozen=True, slots=True)
class OwnReport:
    """What one learner watched of a lesson; media in ms."""

    lesson_id: str
    course_id: str
    title: str
    duration_ms: int | None
    watched_ms: int
    views: int
    covered: Spans
    last_watched_at: datetime | None
    completed_at: datetime | None


_TOTALS = ("views", "viewers", "completions", "completed_viewers", "covered_ms", "replayed_ms", "spent_ms")

_LESSON = """
    SELECT l.lesson_id, l.title, l.duration_ms, l.changed_at, l.course_id, c.owner_id, c.title AS course_title,
           t.views, t.viewers, t.completions, t.completed_viewers, t.covered_ms, t.replayed_ms, t.spent_ms, t.as_of,
           r.*
    FROM lessons l
    LEFT JOIN courses c USING (course_id)
    LEFT JOIN LATERAL (SELECT * FROM lesson_sums s WHERE s.lesson_id = l.lesson_id) t ON true
    CROSS JOIN LATERAL (
        SELECT array_agg(layer) AS layers, array_agg(second) AS seconds, array_agg(edges) AS edges,
               array_agg(late_ms) AS late_ms
        FROM (
            SELECT layer, second, sum(edges)::bigint AS edges, sum(late_ms)::bigint AS late_ms
            FROM retention_cells WHERE lesson_id = l.lesson_id AND video_revision = l.video_revision
            GROUP BY layer, second
        ) merged
    ) r
    WHERE l.lesson_id = $1 AND NOT l.deleted AND NOT coalesce(c.deleted, false)
"""

_COURSE = """
    SELECT c.course_id, c.title AS course_title, c.owner_id, l.lesson_id, l.title, l.duration_ms, l.changed_at,
           sum(t.views)::bigint AS views, sum(t.viewers)::bigint AS viewers, sum(t.completions)::bigint AS completions,
           sum(t.completed_viewers)::bigint AS completed_viewers, sum(t.covered_ms)::bigint AS covered_ms,
           sum(t.replayed_ms)::bigint AS replayed_ms, sum(t.spent_ms)::bigint AS spent_ms, max(t.as_of) AS as_of
    FROM courses c
    LEFT JOIN lessons l ON l.course_id = c.course_id AND NOT l.deleted
    LEFT JOIN lesson_totals t ON t.lesson_id = l.lesson_id
    WHERE c.course_id = $1 AND NOT c.deleted
    GROUP BY c.course_id, l.lesson_id
    ORDER BY l.position, l.lesson_id
"""


async def lesson_report(conn: Connection, lesson_id: str) -> CourseReport | None:
    """The lesson with its retention cells, alone in its course; None if there is none (any more)."""
    row = await conn.fetchrow(_LESSON, lesson_id)
    if row is None:
        return None
    return CourseReport(row["course_id"], row["course_title"], row["owner_id"], (_lesson(row, _cells(row)),))


async def course_report(conn: Connection, course_id: str) -> CourseReport | None:
    """The course with its lessons in order, without retention; None if there is none (any more)."""
    rows = await conn.fetch(_COURSE, course_id)
    if not rows:
        return None
    first = rows[0]
    lessons = tuple(_lesson(row, {}) for row in rows if row["lesson_id"] is not None)
    return CourseReport(first["course_id"], first["course_title"], first["owner_id"], lessons)


async def own_report(conn: Connection, lesson_id: str, learner_id: str) -> OwnReport | None:
    """What this learner watched of the lesson, nothing included; None if there is no such lesson (any more)."""
    row = await conn.fetchrow(
        """
        SELECT l.course_id, l.title, l.duration_ms, p.viewing,
               CASE WHEN p.video_revision = l.video_revision THEN p.covered END AS covered,
               p.last_watched_at, p.completed_at,
               coalesce(p.covered_ms + p.replayed_ms, 0) AS watched_ms
        FROM lessons l
        LEFT JOIN courses c USING (course_id)
        LEFT JOIN learner_lessons p ON p.lesson_id = l.lesson_id AND p.learner_id = $2
        WHERE l.lesson_id = $1 AND NOT l.deleted AND NOT coalesce(c.deleted, false)
        """,
        lesson_id,
        learner_id,
    )
    if row is None:
        return None
    return OwnReport(
        lesson_id=lesson_id,
        course_id=row["course_id"],
        title=row["title"],
        duration_ms=row["duration_ms"],
        watched_ms=row["watched_ms"],
        views=len(row["viewing"] or ()),
        covered=tuple((part.lower, part.upper) for part in row["covered"] or ()),
        last_watched_at=row["last_watched_at"],
        completed_at=row["completed_at"],
    )


def _lesson(row: Record, cells: dict[Layer, dict[int, Cell]]) -> LessonReport:
    return LessonReport(
        lesson_id=row["lesson_id"],
        title=row["title"],
        duration_ms=row["duration_ms"],
        totals=Totals(**{name: row[name] or 0 for name in _TOTALS}),
        as_of=row["as_of"] or row["changed_at"],
        cells=cells,
    )


def _cells(row: Record) -> dict[Layer, dict[int, Cell]]:
    cells: dict[Layer, dict[int, Cell]] = {layer: {} for layer in Layer}
    columns: Sequence[Sequence[int]] = [row[name] or () for name in ("layers", "seconds", "edges", "late_ms")]
    for layer, second, edges, late_ms in zip(*columns, strict=True):
        cells[Layer(layer)][second] = Cell(edges, late_ms)
    return cells
