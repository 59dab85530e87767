"""Tickets for files: given out, taken once, and kept as a record for a while."""

from dataclasses import dataclass
from datetime import datetime

from analytics_service.export import Wanted
from servicekit.database import Connection


@dataclass(frozen=True, slots=True)
class Taken:
    """What a ticket was for, and who had asked for it."""

    wanted: Wanted
    asked_by: str
    as_admin: bool


async def give(
    conn: Connection, hash_: bytes, wanted: Wanted, *, asked_by: str, as_admin: bool, expires_at: datetime
) -> None:
    await conn.execute(
        """
        INSERT INTO export_tickets (hash, what, subject, format, asked_by, as_admin, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        hash_,
        wanted.what,
        wanted.subject,
        wanted.format,
        asked_by,
        as_admin,
        expires_at,
    )


async def take(conn: Connection, hash_: bytes) -> Taken | None:
    """What the ticket is for; None if there is none, or it was taken, or is over. Of two at once one gets it."""
    row = await conn.fetchrow(
        """
        UPDATE export_tickets SET taken_at = now() WHERE hash = $1 AND taken_at IS NULL AND expires_at > now()
        RETURNING what, subject, format, asked_by, as_admin
        """,
        hash_,
    )
    if row is None:
        return None
    return Taken(Wanted(row["what"], row["subject"], row["format"]), row["asked_by"], row["as_admin"])


async def sweep(conn: Connection, before: datetime) -> None:
    await conn.execute("DELETE FROM export_tickets WHERE asked_at < $1", before)
