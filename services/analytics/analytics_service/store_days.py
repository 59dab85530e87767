"""Numbers by day, tallies, and single learners: one query each."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from analytics_service.days import DayTotals, number_of
from analytics_service.multiranges import spans_of
from analytics_service.spans import Spans
from servicekit.database import Connection

Days = dict[int, DayTotals]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Of a course, or of one of its lessons, the lessons' days (since 1970-01-01)."""

    course_id: str
    owner_id: str | None
    lessons: dict[str, Days]


@dataclass(frozen=True, slots=True)
class Told:
    """Tallies of a lesson's present video: by kind and name how often, by how many learners, and ms."""

    course_id: str
    owner_id: str | None
    duration_ms: int | None
    tallies: dict[str, dict[str, tuple[int, int, int]]]


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """What one learner did in a lesson; `covered` is of its present video."""

    learner_id: str
    cohort: str | None
    views: int
    covered: Spans
    watched_ms: int
    spent_ms: int
    last_watched_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Learners:
    """Learners of a lesson in the order of their ids."""

    lesson_id: str
    course_id: str
    owner_id: str | None
    duration_ms: int | None
    rows: tuple[LearnerRow, ...]


async def calendar(conn: Connection, *, lesson_id: str | None = None, course_id: str | None = None) -> Calendar | None:
    """The days of a lesson or of all lessons of a course; None if there is none (any more)."""
    rows = await conn.fetch(
        """
        SELECT coalesce(l.course_id, c.course_id) AS course_id, c.owner_id, l.lesson_id, d.day,
               sum(d.views)::bigint AS views, sum(d.viewers)::bigint AS viewers,
               sum(d.new_viewers)::bigint AS new_viewers, sum(d.completions)::bigint AS completions,
               sum(d.watched_ms)::bigint AS watched_ms, sum(d.spent_ms)::bigint AS spent_ms
        FROM (SELECT * FROM lessons WHERE (lesson_id = $1 OR course_id = $2) AND NOT deleted) l
        FULL JOIN (
            SELECT * FROM courses
            WHERE course_id = $2 OR course_id = (SELECT course_id FROM lessons WHERE lesson_id = $1)
        ) c USING (course_id)
        LEFT JOIN lesson_days d ON d.lesson_id = l.lesson_id
        WHERE NOT coalesce(c.deleted, false) AND ($1::text IS NULL OR l.lesson_id IS NOT NULL)
        GROUP BY 1, 2, 3, 4
        """,
        lesson_id,
        course_id,
    )
    if not rows:
        return None
    lessons: dict[str, Days] = defaultdict(dict)
    for row in rows:
        if row["day"] is not None:
            lessons[row["lesson_id"]][number_of(row["day"])] = DayTotals(
                views=row["views"],
                viewers=row["viewers"],
                new_viewers=row["new_viewers"],
                completions=row["completions"],
                watched_ms=row["watched_ms"],
                spent_ms=row["spent_ms"],
            )
    return Calendar(rows[0]["course_id"], rows[0]["owner_id"], lessons)


async def told(conn: Connection, lesson_id: str) -> Told | None:
    """The tallies of the lesson's present video; None if there is no such lesson (any more)."""
    rows = await conn.fetch(
        """
        SELECT l.course_id, c.owner_id, l.duration_ms, t.kind, t.name, t.times, t.learners, t.ms
        FROM lessons l
        LEFT JOIN courses c USING (course_id)
        LEFT JOIN LATERAL (
            SELECT kind, name, sum(times)::bigint AS times, sum(learners)::bigint AS learners, sum(ms)::bigint AS ms
            FROM lesson_tallies WHERE lesson_id = l.lesson_id AND video_revision = l.video_revision
            GROUP BY kind, name
        ) t ON true
        WHERE l.lesson_id = $1 AND NOT l.deleted AND NOT coalesce(c.deleted, false)
        ORDER BY t.kind, t.name
        """,
        lesson_id,
    )
    if not rows:
        return None
    tallies: dict[str, dict[str, tuple[int, int, int]]] = defaultdict(dict)
    for row in rows:
        if row["kind"] is not None:
            tallies[row["kind"]][row["name"]] = (row["times"], row["learners"], row["ms"])
    return Told(rows[0]["course_id"], rows[0]["owner_id"], rows[0]["duration_ms"], tallies)


async def learners(
    conn: Connection, lesson_id: str, *, after: str = "", limit: int = 100, learner_id: str | None = None
) -> Learners | None:
    """Up to `limit` learners who watched or completed the lesson, by id, beginning after that one; or a single one.

    Only those that the transaction's user may see. None if there is no such lesson (any more).
    """
    rows = await conn.fetch(
        """
        SELECT l.lesson_id, l.course_id, c.owner_id, l.duration_ms, p.learner_id, p.cohort, p.viewing, p.covered,
               p.watched_ms, p.spent_ms, p.last_watched_at, p.completed_at
        FROM lessons l
        LEFT JOIN courses c USING (course_id)
        LEFT JOIN LATERAL (
            SELECT r.learner_id, e.cohort, r.viewing,
                   CASE WHEN r.video_revision = l.video_revision THEN r.covered END AS covered,
                   r.covered_ms + r.replayed_ms AS watched_ms, r.spent_ms, r.last_watched_at, r.completed_at
            FROM learner_lessons r
            LEFT JOIN enrollments e ON e.course_id = l.course_id AND e.learner_id = r.learner_id
            WHERE r.lesson_id = l.lesson_id AND r.learner_id > $2 AND ($4::text IS NULL OR r.learner_id = $4)
            ORDER BY r.learner_id LIMIT $3
        ) p ON true
        WHERE l.lesson_id = $1 AND NOT l.deleted AND NOT coalesce(c.deleted, false)
        ORDER BY p.learner_id
        """,
        lesson_id,
        after,
        limit,
        learner_id,
    )
    if not rows:
        return None
    found = tuple(
        LearnerRow(
            learner_id=row["learner_id"],
            cohort=row["cohort"],
            views=len(row["viewing"]),
            covered=spans_of(row["covered"]),
            watched_ms=row["watched_ms"],
            spent_ms=row["spent_ms"],
            last_watched_at=row["last_watched_at"],
            completed_at=row["completed_at"],
        )
        for row in rows
        if row["learner_id"] is not None
    )
    first = rows[0]
    return Learners(first["lesson_id"], first["course_id"], first["owner_id"], first["duration_ms"], found)
