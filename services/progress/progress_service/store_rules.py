"""Rules and quiz results: projections that obey versions, and the lock that keeps decisions and rules apart."""

from collections.abc import Iterable, Sequence

from asyncpg import Record

from contracts import CourseChanged, LessonChanged, QuizGraded
from progress_service.ledger import LessonKey, QuizKey, epoch_ms
from progress_service.ranges import normalise
from progress_service.rules import DEFAULT_THRESHOLD, SAME_LENGTH_MS, LessonRule
from progress_service.store import columns, to_ranges, to_text
from progress_service.timing import MAX_MEDIA_MS
from servicekit.database import Connection

_RULES_LOCK = 0x52554C45


async def hold_rules(conn: Connection) -> None:
    """Keep the rules as they are until the end of the transaction: others may hold them too, none may change them."""
    await conn.execute("SELECT pg_advisory_xact_lock_shared($1)", _RULES_LOCK)


async def change_rules(conn: Connection) -> None:
    """Wait for every transaction that holds the rules, and hold back the next ones until this one has ended."""
    await conn.execute("SELECT pg_advisory_xact_lock($1)", _RULES_LOCK)


async def put_lessons(conn: Connection, changes: Sequence[LessonChanged]) -> None:
    """Apply those whose version is higher than what is stored."""
    newest = {change.lesson_id: change for change in sorted(changes, key=lambda change: change.version)}
    rows = [
        (c.lesson_id, c.course_id, c.version, c.title, c.position, c.required, c.deleted,
         c.video.duration_ms if c.video else None, c.rules.completion_threshold,
         to_text(normalise(c.rules.required_segments)), c.rules.quiz_required, c.video_revision,
         epoch_ms(c.revised_at) if c.revised_at else 0)
        for _, c in sorted(newest.items())
    ]  # fmt: skip
    await conn.execute(
        """
        INSERT INTO lesson_rules AS l
            (lesson_id, course_id, version, title, position, required, deleted, duration_ms, completion_threshold,
             required_segments, quiz_required, revision, revised_at_ms)
        SELECT lesson_id, course_id, version, title, position, required, deleted, duration_ms, completion_threshold,
            required_segments::int4multirange, quiz_required, revision, revised_at_ms
        FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::int[], $6::boolean[], $7::boolean[],
            $8::bigint[], $9::float8[], $10::text[], $11::boolean[], $12::bigint[], $13::bigint[])
            AS n (lesson_id, course_id, version, title, position, required, deleted, duration_ms,
                  completion_threshold, required_segments, quiz_required, revision, revised_at_ms)
        ON CONFLICT (lesson_id) DO UPDATE SET
            course_id = excluded.course_id, version = excluded.version, title = excluded.title,
            position = excluded.position, required = excluded.required, deleted = excluded.deleted,
            duration_ms = excluded.duration_ms, completion_threshold = excluded.completion_threshold,
            required_segments = excluded.required_segments, quiz_required = excluded.quiz_required,
            revision = excluded.revision, revised_at_ms = excluded.revised_at_ms
        WHERE excluded.version > l.version
        """,
        *columns(rows, 13),
    )


async def put_courses(conn: Connection, changes: Sequence[CourseChanged]) -> None:
    """Apply those whose version is higher than what is stored."""
    newest = {change.course_id: change for change in sorted(changes, key=lambda change: change.version)}
    rows = [
        (c.course_id, c.version, c.title, c.owner_id, c.deleted, c.rules.completion_threshold,
         (c.rules.min_verified_s or 0) * 1000, c.rules.final_assessment, c.rules.seek_ahead == "locked")
        for _, c in sorted(newest.items())
    ]  # fmt: skip
    await conn.execute(
        """
        INSERT INTO course_rules AS c
            (course_id, version, title, owner_id, deleted, completion_threshold, min_verified_ms, final_assessment,
             seek_locked)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::boolean[], $6::float8[],
            $7::bigint[], $8::text[], $9::boolean[])
        ON CONFLICT (course_id) DO UPDATE SET
            version = excluded.version, title = excluded.title, owner_id = excluded.owner_id,
            deleted = excluded.deleted, completion_threshold = excluded.completion_threshold,
            min_verified_ms = excluded.min_verified_ms, final_assessment = excluded.final_assessment,
            seek_locked = excluded.seek_locked
        WHERE excluded.version > c.version
        """,
        *columns(rows, 9),
    )


async def put_quizzes(conn: Connection, graded: Sequence[QuizGraded]) -> None:
    """Keep the latest result of each learner, lesson and attempt; once passed stays passed.

    Those that do not tell their attempt stand under 0: they count for each that had begun when one was passed.
    """
    rows = [
        (g.learner_id, g.lesson_id, g.course_id, g.attempt or 0, g.passed, g.score, g.graded_at,
         epoch_ms(g.graded_at) if g.passed else None)
        for g in graded
    ]  # fmt: skip
    await conn.execute(
        """
        INSERT INTO quiz_results AS q
            (learner_id, lesson_id, course_id, attempt, passed, score, graded_at, passed_at_ms)
        SELECT learner_id, lesson_id, (array_agg(course_id ORDER BY graded_at DESC))[1], attempt, bool_or(passed),
            (array_agg(score ORDER BY graded_at DESC))[1], max(graded_at), max(passed_at_ms)
        FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::boolean[], $6::float8[], $7::timestamptz[],
            $8::bigint[])
            AS n (learner_id, lesson_id, course_id, attempt, passed, score, graded_at, passed_at_ms)
        GROUP BY learner_id, lesson_id, attempt ORDER BY learner_id, lesson_id, attempt
        ON CONFLICT (learner_id, lesson_id, attempt) DO UPDATE SET
            passed = q.passed OR excluded.passed,
            passed_at_ms = greatest(q.passed_at_ms, excluded.passed_at_ms),
            score = CASE WHEN excluded.graded_at >= q.graded_at THEN excluded.score ELSE q.score END,
            graded_at = greatest(q.graded_at, excluded.graded_at)
        """,
        *columns(rows, 8),
    )


async def undecided_lessons(
    conn: Connection, lesson_ids: Sequence[str], course_ids: Sequence[str]
) -> dict[LessonKey, str]:
    """Incomplete lessons, by lesson or course, that today's rules may find complete, with their course ids."""
    rows = await conn.fetch(
        """
        SELECT p.learner_id, p.lesson_id, l.course_id
        FROM lesson_rules l
        JOIN lesson_progress p USING (lesson_id)
        LEFT JOIN course_rules c ON c.course_id = l.course_id
        WHERE (l.lesson_id = ANY($1::text[]) OR l.course_id = ANY($2::text[]))
            AND NOT l.deleted AND p.completed_at_ms IS NULL AND p.revision >= l.revision
            AND (NOT isempty(l.required_segments) OR p.duration_ms = 0
                 OR CASE WHEN l.duration_ms > 0 AND abs(p.duration_ms - l.duration_ms) > $4 THEN
                        (SELECT sum(upper(part) - lower(part))::float8 / l.duration_ms FROM unnest(p.covered) AS part)
                    ELSE p.coverage END >= coalesce(l.completion_threshold, c.completion_threshold, $3))
        ORDER BY 1, 2
        """,
        list(lesson_ids),
        list(course_ids),
        DEFAULT_THRESHOLD,
        SAME_LENGTH_MS,
    )
    return {(row["learner_id"], row["lesson_id"]): row["course_id"] for row in rows}


async def lesson_rules(conn: Connection, lesson_ids: Iterable[str]) -> dict[str, LessonRule]:
    """Rules of the lessons that are known and not deleted; the course's threshold stands in for a missing one."""
    rows = await conn.fetch(
        """
        SELECT l.lesson_id, l.course_id, l.version, l.required_segments, l.quiz_required, l.duration_ms,
               l.revision, l.revised_at_ms,
               coalesce(l.completion_threshold, c.completion_threshold, $2) AS threshold
        FROM lesson_rules l LEFT JOIN course_rules c USING (course_id)
        WHERE l.lesson_id = ANY($1::text[]) AND NOT l.deleted
        """,
        sorted(set(lesson_ids)),
        DEFAULT_THRESHOLD,
    )
    return {row["lesson_id"]: to_lesson_rule(row) for row in rows}


def to_lesson_rule(row: Record) -> LessonRule:
    """A row of lesson_rules with its effective threshold."""
    return LessonRule(
        lesson_id=row["lesson_id"],
        course_id=row["course_id"],
        version=row["version"],
        threshold=row["threshold"],
        required_segments=to_ranges(row["required_segments"]),
        quiz_required=row["quiz_required"],
        duration_ms=min(row["duration_ms"] or 0, MAX_MEDIA_MS),
        revision=row["revision"],
        revised_at_ms=row["revised_at_ms"],
    )


async def quizzes_passed(conn: Connection, keys: Iterable[LessonKey]) -> set[QuizKey]:
    """The attempts at those of the lessons for which the learner has passed the quiz."""
    learners, ids = columns(sorted(set(keys)), 2)
    rows = await conn.fetch(
        """
        SELECT q.learner_id, q.lesson_id, n.attempt FROM unnest($1::text[], $2::text[]) AS k (learner_id, lesson_id)
        JOIN quiz_results q USING (learner_id, lesson_id)
        CROSS JOIN LATERAL (
            SELECT q.attempt WHERE q.attempt > 0
            UNION ALL SELECT 1 WHERE q.attempt = 0
            UNION ALL SELECT a.attempt FROM attempts a
            WHERE q.attempt = 0 AND a.learner_id = q.learner_id AND a.course_id = q.course_id
                AND q.passed_at_ms >= a.started_at_ms
        ) AS n (attempt)
        WHERE q.passed
        """,
        learners,
        ids,
    )
    return {(row["learner_id"], row["lesson_id"], row["attempt"]) for row in rows}
