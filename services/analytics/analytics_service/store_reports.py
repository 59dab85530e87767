"""What the API shows of the roll-ups: one query per report, the shards merged in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asyncpg import Record

from analytics_service.multiranges import spans_of
from analytics_service.retention import Cell, Layer
from analytics_service.rollup import Totals
from analytics_service.spans import Spans
from servicekit.database import Connection


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
    """A course with some of its lessons. `viewers` of its lessons with at least `smallest`, each of them once."""

    course_id: str
    title: str | None
    owner_id: str | None
    lessons: tuple[LessonReport, ...]
    viewers: int = 0


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
        SELECT array_agg(second) AS seconds, array_agg(edges) AS edges, array_agg(late_ms) AS late_ms,
               array_agg(again_edges) AS again_edges, array_agg(again_late_ms) AS again_late_ms
        FROM (
            SELECT second, sum(edges)::bigint AS edges, sum(late_ms)::bigint AS late_ms,
                   sum(again_edges)::bigint AS again_edges, sum(again_late_ms)::bigint AS again_late_ms
            FROM retention_cells WHERE lesson_id = l.lesson_id AND video_revision = l.video_revision
            GROUP BY second
        ) merged
    ) r
    WHERE l.lesson_id = $1 AND NOT l.deleted AND NOT coalesce(c.deleted, false)
"""

_COURSE = """
    WITH numbers AS (
        SELECT c.course_id, c.title AS course_title, c.owner_id, l.lesson_id, l.title, l.duration_ms, l.changed_at,
               l.position, sum(t.views)::bigint AS views, sum(t.viewers)::bigint AS viewers,
               sum(t.completions)::bigint AS completions, sum(t.completed_viewers)::bigint AS completed_viewers,
               sum(t.covered_ms)::bigint AS covered_ms, sum(t.replayed_ms)::bigint AS replayed_ms,
               sum(t.spent_ms)::bigint AS spent_ms, max(t.as_of) AS as_of
        FROM courses c
        LEFT JOIN lessons l ON l.course_id = c.course_id AND NOT l.deleted
        LEFT JOIN lesson_totals t ON t.lesson_id = l.lesson_id
        WHERE c.course_id = $1 AND NOT c.deleted
        GROUP BY c.course_id, l.lesson_id
    )
    SELECT n.*, (
        SELECT count(DISTINCT p.learner_id) FROM learner_lessons p
        WHERE p.entered_on IS NOT NULL
          AND p.lesson_id = ANY(ARRAY(SELECT lesson_id FROM numbers WHERE viewers >= $2))
    ) AS course_viewers
    FROM numbers n
    ORDER BY n.position, n.lesson_id
"""


async def lesson_report(conn: Connection, lesson_id: str) -> CourseReport | None:
    """The lesson with its retention cells, alone in its course; None if there is none (any more)."""
    row = await conn.fetchrow(_LESSON, lesson_id)
    if row is None:
        return None
    return CourseReport(row["course_id"], row["course_title"], row["owner_id"], (lesson_of(row, cells_of_row(row)),))


async def course_report(conn: Connection, course_id: str, smallest: int = 1) -> CourseReport | None:
    """The course with its lessons in order, without retention; None if there is none (any more).

    Its viewers are those whom the transaction's user may see.
    """
    rows = await conn.fetch(_COURSE, course_id, smallest)
    if not rows:
        return None
    first = rows[0]
    lessons = tuple(lesson_of(row, {}) for row in rows if row["lesson_id"] is not None)
    return CourseReport(first["course_id"], first["course_title"], first["owner_id"], lessons, first["course_viewers"])


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
        covered=spans_of(row["covered"]),
        last_watched_at=row["last_watched_at"],
        completed_at=row["completed_at"],
    )


def lesson_of(row: Record, cells: dict[Layer, dict[int, Cell]]) -> LessonReport:
    return LessonReport(
        lesson_id=row["lesson_id"],
        title=row["title"],
        duration_ms=row["duration_ms"],
        totals=Totals(**{name: row[name] or 0 for name in _TOTALS}),
        as_of=row["as_of"] or row["changed_at"],
        cells=cells,
    )


def cells_of_row(row: Record) -> dict[Layer, dict[int, Cell]]:
    seconds: Sequence[int] = row["seconds"] or ()
    columns = {Layer.UNIQUE: ("edges", "late_ms"), Layer.REPLAYS: ("again_edges", "again_late_ms")}
    return {
        layer: dict(zip(seconds, map(Cell, row[edges] or (), row[late_ms] or ()), strict=True))
        for layer, (edges, late_ms) in columns.items()
    }
