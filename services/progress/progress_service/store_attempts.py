"""Attempts at courses: that they have begun, as the LMS or the course's owner said. Everybody's first has no row."""

from collections.abc import Iterable, Sequence

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
