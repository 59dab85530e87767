"""Viewers by cohort and by the day they came, read as the course's owner; what they did is summed from their rows."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from analytics_service.days import date_of, number_of
from analytics_service.disclosure import Arrivals, Choice, Cohort
from analytics_service.store_reports import LessonReport, cells_of_row, lesson_of
from servicekit.database import Connection

_AS_OWNER_OF_LESSON = """
    SELECT set_config('app.user_id', c.owner_id, true) FROM lessons l JOIN courses c USING (course_id)
    WHERE l.lesson_id = $1
"""
_AS_OWNER_OF_COURSE = "SELECT set_config('app.user_id', owner_id, true) FROM courses WHERE course_id = $1"

_AUDIENCE = """
    SELECT l.course_id, c.owner_id, g.cohort, g.entered_on, g.viewers
    FROM lessons l
    LEFT JOIN courses c USING (course_id)
    LEFT JOIN LATERAL (
        SELECT e.cohort, p.entered_on, count(*) AS viewers
        FROM learner_lessons p
        LEFT JOIN enrollments e ON e.course_id = l.course_id AND e.learner_id = p.learner_id
        WHERE p.lesson_id = l.lesson_id AND p.entered_on IS NOT NULL
        GROUP BY e.cohort, p.entered_on
    ) g ON true
    WHERE l.lesson_id = $1 AND NOT l.deleted AND NOT coalesce(c.deleted, false)
"""

# Sets are unnested in select lists: as functions in FROM they take twice the time, of which many viewers make seconds.
_CHOSEN = """
    WITH chosen AS MATERIALIZED (
        SELECT p.viewing, p.covered_ms, p.replayed_ms, p.spent_ms, p.completed_at, p.covered, p.again_seconds,
               p.again_edges, p.again_late_ms, p.video_revision = l.video_revision AS present
        FROM lessons l
        JOIN learner_lessons p USING (lesson_id)
        LEFT JOIN enrollments e ON e.course_id = l.course_id AND e.learner_id = p.learner_id
        WHERE l.lesson_id = $1 AND p.entered_on IS NOT NULL
          AND p.entered_on BETWEEN coalesce($2::date, '-infinity') AND coalesce($3::date, 'infinity')
          AND ($4::text IS NULL OR e.cohort = $4)
    ), spans AS MATERIALIZED (
        SELECT unnest(covered) AS r FROM chosen WHERE present
    ), edges AS (
        SELECT (lower(r) / 1000)::integer AS second, 1 AS edges, lower(r) % 1000 AS late_ms,
               0::bigint AS again_edges, 0::bigint AS again_late_ms
        FROM spans
        UNION ALL
        SELECT (upper(r) / 1000)::integer, -1, -(upper(r) % 1000), 0, 0 FROM spans
        UNION ALL
        SELECT unnest(again_seconds), 0, 0, unnest(again_edges), unnest(again_late_ms)
        FROM chosen WHERE present AND again_seconds <> '{}'
    ), merged AS (
        SELECT second, sum(edges)::bigint AS edges, sum(late_ms)::bigint AS late_ms,
               sum(again_edges)::bigint AS again_edges, sum(again_late_ms)::bigint AS again_late_ms
        FROM edges GROUP BY second
    )
    SELECT l.lesson_id, l.title, l.duration_ms, l.changed_at,
           (SELECT max(as_of) FROM lesson_totals t WHERE t.lesson_id = l.lesson_id) AS as_of,
           n.*, m.*
    FROM lessons l
    CROSS JOIN (
        SELECT (SELECT count(*) FROM (SELECT unnest(viewing) FROM chosen) views) AS views, count(*) AS viewers,
               count(completed_at) AS completions, count(completed_at) AS completed_viewers,
               sum(covered_ms)::bigint AS covered_ms, sum(replayed_ms)::bigint AS replayed_ms,
               sum(spent_ms)::bigint AS spent_ms
        FROM chosen
    ) n
    CROSS JOIN (
        SELECT array_agg(second) AS seconds, array_agg(edges) AS edges, array_agg(late_ms) AS late_ms,
               array_agg(again_edges) AS again_edges, array_agg(again_late_ms) AS again_late_ms
        FROM merged
    ) m
    WHERE l.lesson_id = $1
"""


async def smallest_group(conn: Connection) -> int:
    """How many learners a group has at least, for the API as for the views that SQL is shown."""
    learners: int = await conn.fetchval("SELECT learners FROM shown_from")
    return learners


async def set_smallest_group(conn: Connection, learners: int) -> None:
    await conn.execute("UPDATE shown_from SET learners = $1 WHERE learners <> $1", learners)


@dataclass(frozen=True, slots=True)
class Audience:
    """A lesson, whose it is, and when which viewers came to it. Without rows that the caller may see: nobody."""

    course_id: str
    owner_id: str | None
    arrivals: Arrivals


async def act_as_owner(conn: Connection, *, lesson_id: str | None = None, course_id: str | None = None) -> None:
    """Read as the owner of that lesson's course, or of that course, until the transaction ends: for administrators."""
    if lesson_id is not None:
        await conn.execute(_AS_OWNER_OF_LESSON, lesson_id)
    if course_id is not None:
        await conn.execute(_AS_OWNER_OF_COURSE, course_id)


async def audience(conn: Connection, lesson_id: str) -> Audience | None:
    """How many viewers of each cohort had their first view on which day; None if there is no such lesson (any more)."""
    rows = await conn.fetch(_AUDIENCE, lesson_id)
    if not rows:
        return None
    arrivals: dict[Cohort, dict[int, int]] = defaultdict(dict)
    for row in rows:
        if row["entered_on"] is not None:
            arrivals[row["cohort"]][number_of(row["entered_on"])] = row["viewers"]
    return Audience(rows[0]["course_id"], rows[0]["owner_id"], arrivals)


async def chosen_report(conn: Connection, lesson_id: str, choice: Choice) -> LessonReport:
    """The lesson's numbers and curve, of the chosen viewers only."""
    cohort = next(iter(choice.cohorts)) if choice.cohorts is not None else None
    bounds: tuple[Any, Any] = (_date(choice.first), _date(choice.last))
    row = await conn.fetchrow(_CHOSEN, lesson_id, *bounds, cohort)
    if row is None:
        raise LookupError(lesson_id)
    return lesson_of(row, cells_of_row(row))


def _date(day: int | None) -> date | None:
    return None if day is None else date_of(day)
