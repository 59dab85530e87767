"""The inbox: which events a consumer has already applied. Ask inside the transaction of the effect."""

from collections.abc import Sequence

from servicekit.database import Connection


async def fresh(conn: Connection, consumer: str, event_ids: Sequence[str]) -> set[str]:
    """Record the ids and return those that this consumer had not seen before.

    Rolls back with the caller's transaction, so an effect that failed is fresh again.
    """
    rows = await conn.fetch(
        """
        INSERT INTO inbox (consumer, event_id)
        SELECT DISTINCT $1, event_id FROM unnest($2::text[]) AS t (event_id) ORDER BY 2
        ON CONFLICT DO NOTHING
        RETURNING event_id
        """,
        consumer,
        list(event_ids),
    )
    return {row["event_id"] for row in rows}


async def forget(conn: Connection, consumer: str, *, older_than_days: int) -> int:
    """Delete ids that cannot come again, because their topic's retention has passed. Returns how many."""
    done: str = await conn.execute(
        "DELETE FROM inbox WHERE consumer = $1 AND received_at < now() - make_interval(days => $2)",
        consumer,
        older_than_days,
    )
    return int(done.rpartition(" ")[2])
