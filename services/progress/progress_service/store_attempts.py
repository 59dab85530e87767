"""Attempts at courses: that they have begun, as the LMS or the course's owner said. Everybody's first has no row.

The worker keeps what it hears of; the API may begin attempts, as the course's owner.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contracts import AttemptStarted
from progress_service.ledger import CourseKey, LessonKey, epoch_ms
from progress_service.store import columns
from servicekit.database import Connection


async def put(conn: Connection, started: Sequence[AttemptStarted]) -> None:
    """Keep these attempts, whatever the order in which they are heard of; of two beginnings the earlier one counts."""
    first = {(e.learner_id, e.course_id, e.attempt): e for e in sorted(started, key=_latest_first)}
    await conn.execute(
        """
        INSERT INTO attempts AS a (learner_id, course_id, attempt, started_at_ms, reason)
        SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::text[])
        ON CONFLICT (learner_id, course_id, attempt) DO UPDATE SET
            started_at_ms = excluded.started_at_ms, reason = excluded.reason
        WHERE excluded.started_at_ms < a.started_at_ms
        """,
        *columns([(*key, epoch_ms(event.started_at), event.reason) for key, event in sorted(first.items())], 5),
    )


def _latest_first(event: AttemptStarted) -> int:
    return -epoch_ms(event.started_at)


@dataclass(frozen=True, slots=True)
class Begun:
    """The attempt that a learner is in. `began_at_ms` and `reason` are not known of the first."""

    attempt: int = 1
    began_at_ms: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """An attempt, and what came of it: when the course was completed in it, how many of its lessons were."""

    attempt: int
    began_at_ms: int | None
    reason: str | None
    completed_at_ms: int | None
    lessons_completed: int


async def starting(conn: Connection, course_id: str) -> None:
    """Let nobody else begin attempts at the course until the end of the transaction."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('attempts/' || $1, 0))", course_id)


async def present(conn: Connection, course_id: str, learners: Sequence[str]) -> dict[str, Begun]:
    """The attempt that each of the learners is in, as far as is known, by an event or under a grant."""
    rows = await conn.fetch(
        """
        SELECT k.learner_id, greatest(a.attempt, p.attempt, w.attempt, 1) AS attempt,
            a.attempt AS told, a.started_at_ms, a.reason
        FROM unnest($2::text[]) AS k (learner_id)
        LEFT JOIN LATERAL (
            SELECT attempt, started_at_ms, reason FROM attempts
            WHERE learner_id = k.learner_id AND course_id = $1 ORDER BY attempt DESC LIMIT 1
        ) AS a ON true
        LEFT JOIN course_progress p ON p.learner_id = k.learner_id AND p.course_id = $1
        CROSS JOIN LATERAL (
            SELECT max(attempt) AS attempt FROM lesson_progress WHERE learner_id = k.learner_id AND course_id = $1
        ) AS w
        """,
        course_id,
        list(learners),
    )
    return {
        row["learner_id"]: Begun(row["attempt"], row["started_at_ms"], row["reason"])
        if row["told"] == row["attempt"]
        else Begun(row["attempt"])
        for row in rows
    }


async def learners_of(conn: Connection, course_id: str, *, after: str, limit: int) -> list[str]:
    """Learners who have something to show in the course, in whatever attempt, by id beyond `after`."""
    rows = await conn.fetch(
        """
        SELECT learner_id FROM course_progress WHERE course_id = $1 AND learner_id > $2
        UNION SELECT learner_id FROM lesson_progress WHERE course_id = $1 AND learner_id > $2
        ORDER BY learner_id LIMIT $3
        """,
        course_id,
        after,
        limit,
    )
    return [row["learner_id"] for row in rows]


async def begin(conn: Connection, course_id: str, begun: Mapping[str, Begun]) -> None:
    """Add these attempts of these learners, none of which has begun."""
    rows = [(learner, course_id, b.attempt, b.began_at_ms, b.reason) for learner, b in sorted(begun.items())]
    await conn.execute(
        """
        INSERT INTO attempts (learner_id, course_id, attempt, started_at_ms, reason)
        SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::text[])
        """,
        *columns(rows, 5),
    )


async def outcomes(conn: Connection, course_id: str, learner_id: str) -> list[Outcome]:
    """The learner's attempts at the course that are known of, the first always among them."""
    rows = await conn.fetch(
        """
        SELECT n.attempt, a.started_at_ms, a.reason,
            (SELECT c.completed_at_ms FROM completions c
             WHERE c.learner_id = $2 AND c.kind = 'course' AND c.subject_id = $1 AND c.attempt = n.attempt),
            (SELECT count(*) FROM completions c
             WHERE c.learner_id = $2 AND c.kind = 'lesson' AND c.course_id = $1 AND c.attempt = n.attempt)
        FROM (
            SELECT 1 AS attempt
            UNION SELECT attempt FROM attempts WHERE learner_id = $2 AND course_id = $1
            UNION SELECT attempt FROM lesson_progress WHERE learner_id = $2 AND course_id = $1
            UNION SELECT attempt FROM completions WHERE learner_id = $2 AND course_id = $1
        ) AS n
        LEFT JOIN attempts a ON a.learner_id = $2 AND a.course_id = $1 AND a.attempt = n.attempt
        ORDER BY n.attempt
        """,
        course_id,
        learner_id,
    )
    return [Outcome(*row.values()) for row in rows]


async def open_lessons(conn: Connection, keys: Iterable[CourseKey]) -> dict[LessonKey, CourseKey]:
    """Lessons that were watched in these attempts and are not complete in them."""
    rows = await conn.fetch(
        """
        SELECT p.learner_id, p.lesson_id, p.course_id, p.attempt
        FROM unnest($1::text[], $2::text[], $3::int[]) AS k (learner_id, course_id, attempt)
        JOIN lesson_progress p USING (learner_id, course_id, attempt)
        WHERE p.completed_at_ms IS NULL ORDER BY 1, 2
        """,
        *columns(sorted(set(keys)), 3),
    )
    return {
        (row["learner_id"], row["lesson_id"]): (row["learner_id"], row["course_id"], row["attempt"]) for row in rows
    }
