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
    """Learners who have something to show in the course, by id beyond `after`, with what they have."""
    learners = await conn.fetch(
        """
        SELECT learner_id, bool_or(complete) AS complete FROM (
            SELECT learner_id, completed_at_ms IS NOT NULL AS complete FROM course_progress
            WHERE course_id = $1 AND learner_id > $2
            UNION ALL
            SELECT DISTINCT learner_id, false FROM lesson_progress WHERE course_id = $1 AND learner_id > $2
        ) AS either
        GROUP BY learner_id ORDER BY learner_id LIMIT $3
        """,
        course_id,
        after,
        limit,
    )
    ids = [row["learner_id"] for row in learners]
    lessons = await conn.fetch(
        "SELECT * FROM lesson_progress WHERE learner_id = ANY($1::text[]) AND course_id = $2", ids, course_id
    )
    quizzes = await conn.fetch(
        """
        SELECT learner_id, lesson_id FROM quiz_results
        WHERE learner_id = ANY($1::text[]) AND course_id = $2 AND passed
        """,
        ids,
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
