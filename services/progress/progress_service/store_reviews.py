"""What reviews are made of, read and written as the course's owner: row-level security knows own courses only."""

from collections.abc import AsyncIterator, Collection
from typing import Any

from asyncpg import Record

from progress_service.anomalies import Watching
from progress_service.reviews import Decision, Verdict
from servicekit.database import Connection

_AT_ONCE = 500


async def watchings(
    conn: Connection, course_id: str, *, min_spent_ms: int, learner_ids: Collection[str] | None = None
) -> AsyncIterator[tuple[str, Watching]]:
    """How learners who spent so much real time watched in the course, over its lessons, one by one.

    Of everybody a whole course is read; of those who are named, only their rows.
    """
    async for row in conn.cursor(
        """
        SELECT p.learner_id, min(p.began_ms) AS began_ms, max(p.position_at_ms) AS latest_ms,
            sum(p.spent_ms)::bigint AS spent_ms, sum(p.live_ms + p.late_ms + p.hidden_ms)::bigint AS credited_ms,
            sum(p.fast_ms)::bigint AS fast_ms, sum(p.signs)::bigint AS signs,
            coalesce(sum((p.cuts ->> 'over_rate')::bigint), 0)::bigint AS over_rate_ms,
            coalesce(sum((p.cuts ->> 'double_spent')::bigint), 0)::bigint AS double_spent_ms,
            ARRAY[sum(p.lengths[1]), sum(p.lengths[2]), sum(p.lengths[3]), sum(p.lengths[4]), sum(p.lengths[5]),
                  sum(p.lengths[6]), sum(p.lengths[7]), sum(p.lengths[8]), sum(p.lengths[9]), sum(p.lengths[10]),
                  sum(p.lengths[11]), sum(p.lengths[12]), sum(p.lengths[13])]::bigint[] AS lengths
        FROM lesson_rules l JOIN lesson_progress p USING (lesson_id)
        WHERE l.course_id = $1 AND p.course_id = $1 AND ($3::text[] IS NULL OR p.learner_id = ANY($3))
        GROUP BY p.learner_id HAVING sum(p.spent_ms) >= $2
        """,
        course_id,
        min_spent_ms,
        sorted(learner_ids) if learner_ids is not None else None,
        prefetch=_AT_ONCE,
    ):
        yield row["learner_id"], _to_watching(row)


def _to_watching(row: Record) -> Watching:
    return Watching(
        began_ms=row["began_ms"] or row["latest_ms"],
        latest_ms=row["latest_ms"],
        spent_ms=row["spent_ms"],
        credited_ms=row["credited_ms"],
        fast_ms=row["fast_ms"],
        signs=row["signs"],
        lengths=tuple(count or 0 for count in row["lengths"]),
        over_rate_ms=row["over_rate_ms"],
        double_spent_ms=row["double_spent_ms"],
    )


async def decisions(conn: Connection, course_id: str, *, learner_id: str | None = None) -> dict[str, Decision]:
    """What was decided last about each learner of the course, or about that one."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT ON (learner_id) learner_id, decision, note, score, reasons, decided_by, decided_at
        FROM review_decisions WHERE course_id = $1 AND ($2::text IS NULL OR learner_id = $2)
        ORDER BY learner_id, id DESC
        """,
        course_id,
        learner_id,
    )
    return {row["learner_id"]: _to_decision(row) for row in rows}


async def decide(
    conn: Connection,
    learner_id: str,
    course_id: str,
    *,
    decision: Verdict,
    note: str,
    score: float,
    reasons: list[dict[str, Any]],
    decided_by: str,
) -> Decision:
    """Add a decision, of now."""
    row = await conn.fetchrow(
        """
        INSERT INTO review_decisions (learner_id, course_id, decision, note, score, reasons, decided_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        RETURNING decision, note, score, reasons, decided_by, decided_at
        """,
        learner_id,
        course_id,
        decision,
        note,
        score,
        reasons,
        decided_by,
    )
    if row is None:
        raise RuntimeError("an INSERT that returns its row returned none")
    return _to_decision(row)


def _to_decision(row: Record) -> Decision:
    return Decision(
        decision=row["decision"],
        note=row["note"],
        score=row["score"],
        reasons=row["reasons"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
    )
