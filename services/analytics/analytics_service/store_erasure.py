"""SQL of erasing one learner, and of showing what is kept of one."""

from datetime import datetime
from typing import Any

from servicekit.database import Connection


async def keep_out(conn: Connection, subject_hash: bytes, until: datetime) -> bool:
    """Nothing counts any more of what is of then or older. False where that has been so for long."""
    done: str = await conn.execute(
        """
        INSERT INTO forgotten AS f (subject_hash, until) VALUES ($1, $2)
        ON CONFLICT (subject_hash) DO UPDATE SET until = excluded.until WHERE f.until < excluded.until
        """,
        subject_hash,
        until,
    )
    return done.endswith("1")


async def delete_rows(conn: Connection, learner_id: str) -> dict[str, int]:
    """Delete the learner's rows in every table. What was counted of them stays counted. Returns how many of each."""
    gone: dict[str, int] = await conn.fetchval("SELECT delete_naming('learner_id', $1)", learner_id)
    return gone


async def everything(conn: Connection, learner_id: str) -> dict[str, list[dict[str, Any]]]:
    """The learner's rows by table, of one moment; the connection acts as the learner."""
    found: dict[str, list[dict[str, Any]]] = await conn.fetchval("SELECT rows_naming('learner_id', $1)", learner_id)
    return found
