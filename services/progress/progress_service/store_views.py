"""What learners are told. Read as the learner: row-level security hides everybody else's rows from these queries.

The attempt that somebody is in is the highest that was heard of: by `attempt.started`, or under a grant that is ahead
of that. What belongs to a former one counts for nothing in it.
"""

from dataclasses import dataclass, replace

from asyncpg import Record

from progress_service.rules import DEFAULT_THRESHOLD, SAME_LENGTH_MS, CourseRule, LessonRule, Standing, length
from progress_service.state import Lesson
from progress_service.store import to_lesson, to_ranges
from servicekit.database import Connection


@dataclass(frozen=True, slots=True)
class AttemptView:
    """The attempt that a learner is in, when it began (epoch ms, None of the first), and completions in former ones."""

    number: int = 1
    began_at_ms: int | None = None
    earlier: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class LessonView:
    """A lesson and what the learner has in it; `rule` is None where the lesson is not known, `duration_ms` likewise."""

    course_id: str
    rule: LessonRule | None
    duration_ms: int | None
    threshold: float
    progress: Lesson
    quiz_passed: bool
    attempt: AttemptView = AttemptView()
    seek_locked: bool = False


@dataclass(frozen=True, slots=True)
class LessonInCourse:
    lesson_id: str
    title: str
    required: bool
    coverage: float
    completed_at_ms: int | None


@dataclass(frozen=True, slots=True)
class CourseView:
    """A course and where the learner stands in it."""

    title: str | None
    rule: CourseRule | None
    completed_at_ms: int | None
    lessons: tuple[LessonInCourse, ...]
    standing: Standing
    attempt: AttemptView


async def lesson(conn: Connection, learner_id: str, lesson_id: str) -> LessonView | None:
    """The lesson as that learner sees it, or None if there is none and never was."""
    row = await conn.fetchrow(
        """
        SELECT l.lesson_id AS known, l.course_id AS rule_course, l.version AS rule_version, l.required_segments,
            l.quiz_required, l.duration_ms AS video_ms, l.revision AS rule_revision, l.revised_at_ms,
            p.lesson_id AS watched, coalesce(c.seek_locked, false) AS seek_locked,
            coalesce(l.completion_threshold, c.completion_threshold, $3) AS threshold,
            EXISTS (SELECT FROM quiz_results q WHERE q.learner_id = $1 AND q.lesson_id = $2 AND q.passed
                    AND (q.attempt = n.number OR q.attempt = 0 AND q.passed_at_ms >=
                        CASE WHEN n.number = 1 THEN 0 WHEN n.number = a.attempt THEN a.started_at_ms END))
                AS quiz_passed,
            n.number, CASE WHEN n.number = a.attempt THEN a.started_at_ms END AS began_at_ms,
            CASE WHEN n.number > 1 THEN (
                SELECT jsonb_agg(jsonb_build_array(k.attempt, k.completed_at_ms) ORDER BY k.attempt) FROM completions k
                WHERE k.learner_id = $1 AND k.kind = 'lesson' AND k.subject_id = $2 AND k.attempt < n.number
            ) END AS earlier,
            p.*
        FROM (SELECT) AS one
        LEFT JOIN lesson_rules l ON l.lesson_id = $2 AND NOT l.deleted
        LEFT JOIN course_rules c ON c.course_id = l.course_id
        LEFT JOIN lesson_progress p ON p.learner_id = $1 AND p.lesson_id = $2
        LEFT JOIN LATERAL (
            SELECT attempt, started_at_ms FROM attempts
            WHERE learner_id = $1 AND course_id = coalesce(l.course_id, p.course_id) ORDER BY attempt DESC LIMIT 1
        ) AS a ON true
        CROSS JOIN LATERAL (SELECT greatest(a.attempt, p.attempt, 1) AS number) AS n
        """,
        learner_id,
        lesson_id,
        DEFAULT_THRESHOLD,
    )
    if row is None or (row["known"] is None and row["watched"] is None):
        return None
    rule = None
    if row["known"] is not None:
        rule = LessonRule(
            lesson_id=lesson_id,
            course_id=row["rule_course"],
            version=row["rule_version"],
            threshold=row["threshold"],
            required_segments=to_ranges(row["required_segments"]),
            quiz_required=row["quiz_required"],
            duration_ms=row["video_ms"] or 0,
            revision=row["rule_revision"],
            revised_at_ms=row["revised_at_ms"],
        )
    progress = to_lesson(row) if row["watched"] is not None else Lesson()
    if row["number"] > progress.attempt:
        progress = progress.attempted(row["number"], rule.revision if rule is not None else progress.revision)
    if rule is not None and rule.revision > progress.revision:
        progress = progress.renewed(rule.revision)
    duration_ms = progress.duration_ms
    if rule is not None:
        duration_ms = length(rule, revision=progress.revision, duration_ms=duration_ms)
    if duration_ms != progress.duration_ms and progress.duration_ms:
        progress = replace(progress, duration_ms=duration_ms)
    return LessonView(
        course_id=rule.course_id if rule else progress.course_id,
        rule=rule,
        duration_ms=duration_ms or None,
        threshold=row["threshold"],
        progress=progress,
        quiz_passed=row["quiz_passed"],
        seek_locked=row["seek_locked"],
        attempt=_attempt(row),
    )


def _attempt(row: Record) -> AttemptView:
    return AttemptView(row["number"], row["began_at_ms"], tuple((number, at) for number, at in row["earlier"] or ()))


async def course(conn: Connection, learner_id: str, course_id: str) -> CourseView | None:
    """The course as that learner sees it, or None if nothing is known of it."""
    head = await conn.fetchrow(
        """
        SELECT r.title, r.version, r.min_verified_ms, r.final_assessment,
            CASE WHEN p.attempt = n.number THEN p.completed_at_ms END AS completed_at_ms,
            (SELECT coalesce(sum(spent_ms + former_spent_ms), 0)::bigint FROM lesson_progress
             WHERE learner_id = $1 AND course_id = $2 AND attempt = n.number)
                AS verified_ms,
            EXISTS (SELECT FROM quiz_results q WHERE q.learner_id = $1 AND q.lesson_id = r.final_assessment
                    AND q.passed AND (q.attempt = n.number OR q.attempt = 0 AND q.passed_at_ms >=
                        CASE WHEN n.number = 1 THEN 0 WHEN n.number = a.attempt THEN a.started_at_ms END))
                AS assessment_passed,
            n.number, CASE WHEN n.number = a.attempt THEN a.started_at_ms END AS began_at_ms,
            CASE WHEN n.number > 1 THEN (
                SELECT jsonb_agg(jsonb_build_array(k.attempt, k.completed_at_ms) ORDER BY k.attempt) FROM completions k
                WHERE k.learner_id = $1 AND k.kind = 'course' AND k.subject_id = $2 AND k.attempt < n.number
            ) END AS earlier
        FROM (SELECT) AS one
        LEFT JOIN course_rules r ON r.course_id = $2 AND NOT r.deleted
        LEFT JOIN course_progress p ON p.learner_id = $1 AND p.course_id = $2
        LEFT JOIN LATERAL (
            SELECT attempt, started_at_ms FROM attempts
            WHERE learner_id = $1 AND course_id = $2 ORDER BY attempt DESC LIMIT 1
        ) AS a ON true
        CROSS JOIN LATERAL (
            SELECT greatest(a.attempt, p.attempt, max(w.attempt), 1) AS number
            FROM lesson_progress w WHERE w.learner_id = $1 AND w.course_id = $2
        ) AS n
        """,
        learner_id,
        course_id,
    )
    rows = await conn.fetch(
        """
        SELECT l.lesson_id, l.title, l.required,
            CASE WHEN p.revision = l.revision AND l.duration_ms > 0 AND abs(p.duration_ms - l.duration_ms) > $4
                THEN (SELECT coalesce(sum(least(upper(part), l.duration_ms) - lower(part)), 0)
                      FROM unnest(p.covered) AS part WHERE lower(part) < l.duration_ms)::float8 / l.duration_ms
                WHEN p.revision >= l.revision THEN p.coverage ELSE 0 END AS coverage,
            p.completed_at_ms
        FROM lesson_rules l
        LEFT JOIN lesson_progress p ON p.learner_id = $1 AND p.lesson_id = l.lesson_id AND p.attempt = $3
        WHERE l.course_id = $2 AND NOT l.deleted ORDER BY l.position, l.lesson_id
        """,
        learner_id,
        course_id,
        head["number"] if head is not None else 1,
        SAME_LENGTH_MS,
    )
    if head is None or (head["version"] is None and not rows):
        return None
    lessons = tuple(LessonInCourse(*row.values()) for row in rows)
    required = [lesson for lesson in lessons if lesson.required]
    rule = None
    if head["version"] is not None:
        rule = CourseRule(course_id, head["version"], head["min_verified_ms"], head["final_assessment"])
    return CourseView(
        title=head["title"],
        rule=rule,
        completed_at_ms=head["completed_at_ms"],
        lessons=lessons,
        standing=Standing(
            done=sum(lesson.completed_at_ms is not None for lesson in required),
            open_lessons=[lesson.title for lesson in required if lesson.completed_at_ms is None],
            verified_ms=head["verified_ms"],
            assessment_passed=head["assessment_passed"],
        ),
        attempt=_attempt(head),
    )


async def lesson_owner(conn: Connection, lesson_id: str) -> tuple[str, str | None] | None:
    """The lesson's course and, where known, who owns that; None if the lesson is not known."""
    row = await conn.fetchrow(
        """
        SELECT l.course_id, c.owner_id FROM lesson_rules l LEFT JOIN course_rules c USING (course_id)
        WHERE l.lesson_id = $1 AND NOT l.deleted
        """,
        lesson_id,
    )
    return (row["course_id"], row["owner_id"]) if row is not None else None
