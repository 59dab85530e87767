"""What a course's owner is told of its learners. Read as the owner: row-level security shows own courses only."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from progress_service.preview import CourseLesson, Learner
from progress_service.rules import DEFAULT_THRESHOLD, CourseRule
from progress_service.state import Lesson
from progress_service.store import to_lesson
from progress_service.store_rules import to_lesson_rule
from servicekit.database import Connection


@dataclass(frozen=True, slots=True)
class OwnedCourse:
    """A course that is not deleted, with its lessons in their order and the titles of these."""

    owner_id: str
    title: str
    rule: CourseRule
    lessons: Sequence[CourseLesson]
    titles: dict[str, str]


async def owned_course(conn: Connection, course_id: str) -> OwnedCourse | None:
    """The course and its rules; None if it is not known."""
    head = await conn.fetchrow(
        """
        SELECT owner_id, title, version, min_verified_ms, final_assessment FROM course_rules
        WHERE course_id = $1 AND NOT deleted
        """,
        course_id,
    )
    if head is None:
        return None
    rows = await conn.fetch(
        """
        SELECT l.*, l.completion_threshold IS NOT NULL AS own_threshold,
            coalesce(l.completion_threshold, c.completion_threshold, $2) AS threshold
        FROM lesson_rules l JOIN course_rules c USING (course_id)
        WHERE l.course_id = $1 AND NOT l.deleted ORDER BY l.position, l.lesson_id
        """,
        course_id,
        DEFAULT_THRESHOLD,
    )
    return OwnedCourse(
        owner_id=head["owner_id"],
        title=head["title"],
        rule=CourseRule(course_id, head["version"], head["min_verified_ms"], head["final_assessment"]),
        lessons=[CourseLesson(to_lesson_rule(row), row["required"], row["own_threshold"]) for row in rows],
        titles={row["lesson_id"]: row["title"] for row in rows},
    )


async def learners_page(conn: Connection, course_id: str, *, after: str, limit: int) -> dict[str, Learner]:
    """Learners who have something to show in the course, by id beyond `after`, with what counts in their attempt."""
    learners = await conn.fetch(
        """
        WITH page AS (
            SELECT learner_id, max(attempt) AS attempt, max(completed_in) AS completed_in FROM (
                SELECT learner_id, attempt, CASE WHEN completed_at_ms IS NOT NULL THEN attempt END AS completed_in
                FROM course_progress WHERE course_id = $1 AND learner_id > $2
                UNION ALL
                SELECT DISTINCT learner_id, attempt, NULL::integer FROM lesson_progress
                WHERE course_id = $1 AND learner_id > $2
            ) AS either
            GROUP BY learner_id ORDER BY learner_id LIMIT $3
        )
        SELECT page.learner_id, n.attempt, coalesce(page.completed_in = n.attempt, false) AS complete,
            CASE WHEN n.attempt = 1 THEN 0 WHEN n.attempt = a.attempt THEN a.started_at_ms END AS began_at_ms
        FROM page
        LEFT JOIN LATERAL (
            SELECT attempt, started_at_ms FROM attempts
            WHERE learner_id = page.learner_id AND course_id = $1 ORDER BY attempt DESC LIMIT 1
        ) AS a ON true
        CROSS JOIN LATERAL (SELECT greatest(a.attempt, page.attempt) AS attempt) AS n
        ORDER BY page.learner_id
        """,
        course_id,
        after,
        limit,
    )
    ids, attempts = [row["learner_id"] for row in learners], [row["attempt"] for row in learners]
    lessons = await conn.fetch(
        """
        SELECT p.* FROM unnest($1::text[], $2::int[]) AS k (learner_id, attempt)
        JOIN lesson_progress p USING (learner_id, attempt) WHERE p.course_id = $3
        """,
        ids,
        attempts,
        course_id,
    )
    quizzes = await conn.fetch(
        """
        SELECT q.learner_id, q.lesson_id
        FROM unnest($1::text[], $2::int[], $3::bigint[]) AS k (learner_id, attempt, began_at_ms)
        JOIN quiz_results q USING (learner_id)
        WHERE q.course_id = $4 AND q.passed
            AND (q.attempt = k.attempt OR q.attempt = 0 AND q.passed_at_ms >= k.began_at_ms)
        """,
        ids,
        attempts,
        [row["began_at_ms"] for row in learners],
        course_id,
    )
    watched, passed = defaultdict[str, dict[str, Lesson]](dict), defaultdict[str, set[str]](set)
    for row in lessons:
        watched[row["learner_id"]][row["lesson_id"]] = to_lesson(row)
    for row in quizzes:
        passed[row["learner_id"]].add(row["lesson_id"])
    return {
        row["learner_id"]: Learner(
            watched[row["learner_id"]], frozenset(passed[row["learner_id"]]), complete=row["complete"]
        )
        for row in learners
    }


async def graded_quizzes(conn: Connection, course_id: str, assessment: str | None) -> frozenset[str]:
    """The lessons of the course, and the final assessment, in whose quiz anybody has a result."""
    rows = await conn.fetch(
        "SELECT DISTINCT lesson_id FROM quiz_results WHERE course_id = $1 OR lesson_id = $2", course_id, assessment
    )
    return frozenset(row["lesson_id"] for row in rows)
