"""Courses in progress. Callers hold the clocks of the learners concerned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from progress_service.ledger import CourseKey
from progress_service.rules import CourseRule, Standing
from progress_service.store import columns
from servicekit.database import Connection


@dataclass(frozen=True, slots=True)
class OpenCourse:
    """An attempt at a course that is not complete: the course's rule, if known, and what there is to show for it."""

    rule: CourseRule | None
    standing: Standing
    coverage: float
    live_ms: int
    late_ms: int
    latest_ms: int
    done_lessons: Sequence[str] = ()


async def enter_courses(conn: Connection, keys: Iterable[CourseKey]) -> None:
    """Note that these courses may become complete for these learners; a further attempt takes the place."""
    await conn.execute(
        """
        INSERT INTO course_progress AS p (learner_id, course_id, attempt)
        SELECT learner_id, course_id, max(attempt)
        FROM unnest($1::text[], $2::text[], $3::int[]) AS k (learner_id, course_id, attempt) GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (learner_id, course_id) DO UPDATE SET attempt = excluded.attempt, completed_at_ms = NULL
        WHERE excluded.attempt > p.attempt
        """,
        *columns(sorted(set(keys)), 3),
    )


async def entered(conn: Connection, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Learner and course → the latest attempt in which there is something to show for the course, if in any."""
    rows = await conn.fetch(
        """
        SELECT p.learner_id, p.course_id, p.attempt FROM unnest($1::text[], $2::text[]) AS k (learner_id, course_id)
        JOIN course_progress p USING (learner_id, course_id)
        """,
        *columns(sorted(set(pairs)), 2),
    )
    return {(row["learner_id"], row["course_id"]): row["attempt"] for row in rows}


async def waiting_for_time(conn: Connection, keys: Iterable[CourseKey]) -> list[CourseKey]:
    """Those of the courses that are entered, not complete, and demand a minimum of verified time."""
    rows = await conn.fetch(
        """
        SELECT p.learner_id, p.course_id, p.attempt
        FROM unnest($1::text[], $2::text[], $3::int[]) AS k (learner_id, course_id, attempt)
        JOIN course_progress p USING (learner_id, course_id, attempt) JOIN course_rules r USING (course_id)
        WHERE p.completed_at_ms IS NULL AND r.min_verified_ms > 0
        """,
        *columns(sorted(set(keys)), 3),
    )
    return [(row["learner_id"], row["course_id"], row["attempt"]) for row in rows]


async def learners_in(conn: Connection, course_ids: Sequence[str]) -> list[CourseKey]:
    """Learners who have entered these courses and not completed them."""
    rows = await conn.fetch(
        """
        SELECT learner_id, course_id, attempt FROM course_progress
        WHERE course_id = ANY($1::text[]) AND completed_at_ms IS NULL ORDER BY 1, 2
        """,
        list(course_ids),
    )
    return [(row["learner_id"], row["course_id"], row["attempt"]) for row in rows]


async def open_courses(conn: Connection, keys: Iterable[CourseKey]) -> dict[CourseKey, OpenCourse]:
    """Where the learners stand in those of the attempts at courses that are not complete, nor followed by another."""
    rows = await conn.fetch(
        """
        SELECT p.learner_id, p.course_id, p.attempt, r.version, r.min_verified_ms, r.final_assessment,
            required.done, required.open, required.coverage, required.latest_ms, required.done_lessons,
            watched.verified_ms, watched.live_ms, watched.late_ms,
            EXISTS (SELECT FROM quiz_results q WHERE q.learner_id = p.learner_id AND q.lesson_id = r.final_assessment
                    AND q.passed AND (q.attempt = p.attempt OR q.attempt = 0 AND q.passed_at_ms >=
                        CASE WHEN p.attempt = 1 THEN 0 ELSE a.started_at_ms END)) AS assessment_passed
        FROM unnest($1::text[], $2::text[], $3::int[]) AS k (learner_id, course_id, attempt)
        JOIN course_progress p USING (learner_id, course_id, attempt)
        LEFT JOIN attempts a USING (learner_id, course_id, attempt)
        LEFT JOIN course_rules r ON r.course_id = p.course_id AND NOT r.deleted
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE s.completed_at_ms IS NOT NULL) AS done,
                coalesce(array_agg(l.title ORDER BY l.position, l.lesson_id)
                    FILTER (WHERE s.completed_at_ms IS NULL), '{}') AS open,
                coalesce(array_agg(l.lesson_id ORDER BY l.position, l.lesson_id)
                    FILTER (WHERE s.completed_at_ms IS NOT NULL), '{}') AS done_lessons,
                coalesce(avg(coalesce(s.coverage, 0)), 0) AS coverage,
                coalesce(max(s.completed_at_ms), 0) AS latest_ms
            FROM lesson_rules l
            LEFT JOIN lesson_progress s
                ON s.learner_id = p.learner_id AND s.lesson_id = l.lesson_id AND s.attempt = p.attempt
            WHERE l.course_id = p.course_id AND l.required AND NOT l.deleted
        ) AS required
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(s.spent_ms + s.former_spent_ms), 0)::bigint AS verified_ms,
                coalesce(sum(s.live_ms), 0)::bigint AS live_ms,
                coalesce(sum(s.late_ms), 0)::bigint AS late_ms
            FROM lesson_progress s
            WHERE s.learner_id = p.learner_id AND s.course_id = p.course_id AND s.attempt = p.attempt
        ) AS watched
        WHERE p.completed_at_ms IS NULL
        """,
        *columns(sorted(set(keys)), 3),
    )
    return {
        (row["learner_id"], row["course_id"], row["attempt"]): OpenCourse(
            rule=CourseRule(row["course_id"], row["version"], row["min_verified_ms"], row["final_assessment"])
            if row["version"] is not None
            else None,
            standing=Standing(row["done"], row["open"], row["verified_ms"], row["assessment_passed"]),
            coverage=row["coverage"],
            live_ms=row["live_ms"],
            late_ms=row["late_ms"],
            latest_ms=row["latest_ms"],
            done_lessons=row["done_lessons"],
        )
        for row in rows
    }


async def complete_courses(conn: Connection, completed: Mapping[CourseKey, int]) -> None:
    """Set when (epoch ms) these attempts at courses became complete."""
    await conn.execute(
        """
        UPDATE course_progress AS p SET completed_at_ms = n.at
        FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[]) AS n (learner_id, course_id, attempt, at)
        WHERE p.learner_id = n.learner_id AND p.course_id = n.course_id AND p.attempt = n.attempt
            AND p.completed_at_ms IS NULL
        """,
        *columns([(*key, at) for key, at in sorted(completed.items())], 4),
    )


async def session_ids(conn: Connection, learners: Iterable[str]) -> dict[tuple[str, str, int], tuple[UUID, ...]]:
    """The sessions of each attempt at each lesson of these learners."""
    rows = await conn.fetch(
        """
        SELECT learner_id, lesson_id, attempt, array_agg(session_id ORDER BY session_id) AS ids
        FROM watch_sessions WHERE learner_id = ANY($1::text[]) GROUP BY 1, 2, 3
        """,
        sorted(set(learners)),
    )
    return {(row["learner_id"], row["lesson_id"], row["attempt"]): tuple(row["ids"]) for row in rows}


async def lessons_of(conn: Connection, keys: Iterable[CourseKey]) -> dict[CourseKey, list[str]]:
    """The lessons of each course in which the learner has something to show in that attempt."""
    rows = await conn.fetch(
        """
        SELECT p.learner_id, p.course_id, p.attempt, array_agg(p.lesson_id ORDER BY p.lesson_id) AS ids
        FROM unnest($1::text[], $2::text[], $3::int[]) AS k (learner_id, course_id, attempt)
        JOIN lesson_progress p USING (learner_id, course_id, attempt) GROUP BY 1, 2, 3
        """,
        *columns(sorted(set(keys)), 3),
    )
    return {(row["learner_id"], row["course_id"], row["attempt"]): row["ids"] for row in rows}
