"""The spool of reports in SQL: rows of the outbox, which the API may add to and never read."""

from collections.abc import Sequence
from uuid import UUID

from servicekit import outbox
from servicekit.database import Connection
from servicekit.kafka import Publishable


async def append(conn: Connection, reports: Sequence[Publishable], ids: Sequence[UUID]) -> None:
    """Keep reports until the worker's relay has brought them to Kafka, in this order for each learner."""
    await outbox.append(conn, reports, ids=ids)


async def size(conn: Connection) -> int:
    """Bytes on disk that the spool takes, with what was delivered and not yet cleaned away."""
    taken: int = await conn.fetchval("SELECT pg_total_relation_size('outbox')")
    return taken
