"""Everything that is kept of one learner, table by table. Read as that learner, so that no other row can slip in."""

from typing import Any

from progress_service.evidence import row_of
from progress_service.store_evidence import evidence
from servicekit.database import Connection


async def one_moment(conn: Connection) -> None:
    """Have all that is read from here on be of one moment. To be said before anything else of the transaction is."""
    await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


async def everything(conn: Connection, learner_id: str) -> dict[str, Any]:
    """The learner's rows as JSON objects in the order of their keys, evidence as in its documents."""
    return {
        "lessons": await conn.fetchval(
            """
            SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.lesson_id), '[]') FROM lesson_progress t
            WHERE t.learner_id = $1
            """,
            learner_id,
        ),
        "courses": await conn.fetchval(
            """
            SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.course_id), '[]') FROM course_progress t
            WHERE t.learner_id = $1
            """,
            learner_id,
        ),
        "quizzes": await conn.fetchval(
            """
            SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.lesson_id, t.attempt), '[]') FROM quiz_results t
            WHERE t.learner_id = $1
            """,
            learner_id,
        ),
        "attempts": await conn.fetchval(
            """
            SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.course_id, t.attempt), '[]') FROM attempts t
            WHERE t.learner_id = $1
            """,
            learner_id,
        ),
        "reviews": await conn.fetchval(
            """
            SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.id), '[]') FROM review_decisions t
            WHERE t.learner_id = $1
            """,
            learner_id,
        ),
        "sessions": await conn.fetchval(
            """
            SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.session_id), '[]') FROM watch_sessions t
            WHERE t.learner_id = $1
            """,
            learner_id,
        ),
        "clock": await conn.fetchval("SELECT to_jsonb(t) FROM learner_clocks t WHERE t.learner_id = $1", learner_id),
        "evidence": [row_of(row) for row in await evidence(conn, learner_id)],
    }
