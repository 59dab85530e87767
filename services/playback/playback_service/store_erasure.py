"""SQL of erasing one learner, and of showing what is kept of one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from servicekit.database import Connection

_KEEP_OUT = """
INSERT INTO forgotten AS f (subject_hash, until, erasure_id, asked_at)
VALUES ($1, greatest(clock_timestamp(), $3), $2, $3)
ON CONFLICT (subject_hash) DO UPDATE SET
    until = greatest(f.until, excluded.until), erasure_id = excluded.erasure_id, asked_at = excluded.asked_at
RETURNING until
"""


async def done_before(conn: Connection, subject_hash: bytes, erasure_id: UUID, asked_at: datetime) -> bool:
    """Whether that erasure of the learner, or a later one, was done already."""
    done: bool = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM forgotten WHERE subject_hash = $1 AND (erasure_id = $2 OR asked_at >= $3))",
        subject_hash,
        erasure_id,
        asked_at,
    )
    return done


async def keep_out(conn: Connection, subject_hash: bytes, erasure_id: UUID, asked_at: datetime) -> datetime:
    """Nothing counts any more of what is older than now; returns the moment."""
    until: datetime = await conn.fetchval(_KEEP_OUT, subject_hash, erasure_id, asked_at)
    return until


async def courses(conn: Connection, learner_id: str) -> list[str]:
    """The courses in which the learner is or was enrolled."""
    rows = await conn.fetch("SELECT course_id FROM enrollments WHERE learner_id = $1 ORDER BY course_id", learner_id)
    return [row["course_id"] for row in rows]


async def delete_rows(conn: Connection, learner_id: str) -> dict[str, int]:
    """Delete the learner's rows in every table. Returns how many of each."""
    gone: dict[str, int] = await conn.fetchval("SELECT forget_learner($1)", learner_id)
    return gone


async def delete_waiting(conn: Connection, learner_id: str, topics: Sequence[str]) -> int:
    """Delete what waits in the outbox about the learner, in topics whose keys begin with a learner."""
    done: str = await conn.execute(
        "DELETE FROM outbox WHERE topic = ANY($2::text[]) AND split_part(key, '/', 1) = $1", learner_id, list(topics)
    )
    return int(done.rpartition(" ")[2])


async def everything(conn: Connection, learner_id: str) -> dict[str, list[dict[str, Any]]]:
    """The learner's rows by table, of one moment."""
    found: dict[str, list[dict[str, Any]]] = await conn.fetchval("SELECT rows_naming('learner_id', $1)", learner_id)
    return found
