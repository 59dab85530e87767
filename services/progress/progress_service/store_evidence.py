"""Evidence: appended by the worker, which holds its learner's clock, read as the learner or the course's owner."""

from collections.abc import Iterable, Sequence

from asyncpg import Record

from progress_service.evidence import PPM, Completion, Head, Sealed
from servicekit.database import Connection


async def chain_heads(conn: Connection, learners: Iterable[str]) -> dict[str, Head]:
    """The last row of evidence of each learner who has any."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT ON (learner_id) learner_id, number, hash FROM completions
        WHERE learner_id = ANY($1::text[]) ORDER BY learner_id, number DESC
        """,
        sorted(set(learners)),
    )
    return {row["learner_id"]: Head(row["number"], row["hash"]) for row in rows}


async def append_evidence(conn: Connection, rows: Sequence[Sealed]) -> None:
    """Add rows to their learners' chains; a second completion of the same attempt violates a unique key."""
    await conn.executemany(
        """
        INSERT INTO completions
            (learner_id, number, kind, subject_id, course_id, attempt, rule_version, coverage, verified_ms, live_ms,
             late_ms, sessions, completed_at_ms, basis, person, previous_hash, hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        """,
        [
            (c.learner_id, row.number, c.kind, c.subject_id, c.course_id, c.attempt, c.rule_version,
             c.coverage_ppm / PPM, c.verified_ms, c.live_ms, c.late_ms, list(c.sessions), c.completed_at_ms,
             dict(c.basis), row.person, row.previous_hash, row.hash)
            for row in rows for c in [row.completion]
        ],
    )  # fmt: skip


async def evidence(conn: Connection, learner_id: str) -> list[Sealed]:
    """A learner's chain from its beginning."""
    rows = await conn.fetch("SELECT * FROM completions WHERE learner_id = $1 ORDER BY number", learner_id)
    return [_to_sealed(row) for row in rows]


def _to_sealed(row: Record) -> Sealed:
    completion = Completion(
        learner_id=row["learner_id"],
        kind=row["kind"],
        subject_id=row["subject_id"],
        course_id=row["course_id"],
        attempt=row["attempt"],
        rule_version=row["rule_version"],
        coverage_ppm=round(row["coverage"] * PPM),
        verified_ms=row["verified_ms"],
        live_ms=row["live_ms"],
        late_ms=row["late_ms"],
        sessions=tuple(row["sessions"]),
        completed_at_ms=row["completed_at_ms"],
        basis=row["basis"],
    )
    return Sealed(completion, row["number"], row["previous_hash"], row["hash"], row["person"])


async def learners_with_evidence(conn: Connection, course_id: str, *, after: str, limit: int) -> list[str]:
    """The learners who completed something in a course, by id, beyond `after`. Read as the course's owner."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT learner_id FROM completions WHERE course_id = $1 AND learner_id > $2
        ORDER BY learner_id LIMIT $3
        """,
        course_id,
        after,
        limit,
    )
    return [row["learner_id"] for row in rows]


async def course_head(conn: Connection, course_id: str) -> tuple[str, str] | None:
    """The course's title and owner, also of one that was deleted; None if it was never known."""
    row = await conn.fetchrow("SELECT title, owner_id FROM course_rules WHERE course_id = $1", course_id)
    return (row["title"], row["owner_id"]) if row is not None else None


async def act_as(conn: Connection, learner_id: str) -> None:
    """Read on as that learner, for the rest of the transaction. The caller has made sure that this may be."""
    await conn.execute("SELECT set_config('app.user_id', $1, true)", learner_id)
