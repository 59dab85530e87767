"""SQL of deliveries: how they come to be, the log of them, and asking for them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from analytics_service.webhooks.messages import Message
from servicekit.database import Connection


@dataclass(frozen=True, slots=True)
class Told:
    """A message and when its event was written to the log."""

    message: Message
    recorded_at: datetime


async def wanted_types(conn: Connection) -> frozenset[str]:
    """The types of events that any endpoint is registered for, disabled ones included."""
    rows = await conn.fetch("SELECT DISTINCT unnest(event_types) AS event_type FROM webhook_endpoints")
    return frozenset(row["event_type"] for row in rows)


# The endpoints' keys are locked so that none is deleted before the statement ends. What an endpoint does not get while
# it is disabled is held. A message that is there already is locked too, lest it be cleared away meanwhile.
_ENQUEUE = """
WITH told AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
        AS t (event_id, event_type, learner_id, body, recorded_at)
), listening AS (
    SELECT endpoint_id, event_types, enabled, created_at FROM webhook_endpoints
    WHERE event_types && $2::text[] FOR KEY SHARE
), due AS (
    SELECT t.*, l.endpoint_id, l.enabled FROM told t
    JOIN listening l ON t.event_type = ANY (l.event_types) AND t.recorded_at >= l.created_at - $7::interval
), kept AS (
    INSERT INTO webhook_messages AS m (event_id, event_type, learner_id, body, created_at)
    SELECT DISTINCT ON (event_id) event_id, event_type, learner_id, body, $6::timestamptz FROM due
    ON CONFLICT (event_id) DO UPDATE SET event_type = m.event_type
)
INSERT INTO webhook_deliveries (endpoint_id, event_id, event_type, state, created_at, due_at)
SELECT endpoint_id, event_id, event_type, CASE WHEN enabled THEN 'pending' ELSE 'held' END, $6, $6
FROM due ORDER BY recorded_at, event_id
ON CONFLICT (endpoint_id, event_id) DO NOTHING
"""


async def enqueue(conn: Connection, told: Sequence[Told], now: datetime, slack_s: float) -> None:
    """One delivery for each event and endpoint that wants it; none if there was one already.

    An endpoint is not told of what was in the log before it was registered, but for `slack_s` that clocks may differ.
    """
    await conn.execute(
        _ENQUEUE,
        [one.message.event_id for one in told],
        [one.message.event_type for one in told],
        [one.message.learner_id for one in told],
        [one.message.body for one in told],
        [one.recorded_at for one in told],
        now,
        timedelta(seconds=slack_s),
    )


async def add_test(conn: Connection, endpoint_id: UUID, message: Message, now: datetime) -> int:
    """A delivery to one endpoint, whatever it is registered for. Returns its id."""
    await conn.execute(
        "INSERT INTO webhook_messages (event_id, event_type, body, created_at) VALUES ($1, $2, $3, $4)",
        message.event_id,
        message.event_type,
        message.body,
        now,
    )
    delivery_id: int = await conn.fetchval(
        """
        INSERT INTO webhook_deliveries (endpoint_id, event_id, event_type, state, created_at, due_at)
        VALUES ($1, $2, $3, 'pending', $4, $4) RETURNING delivery_id
        """,
        endpoint_id,
        message.event_id,
        message.event_type,
        now,
    )
    return delivery_id


@dataclass(frozen=True, slots=True)
class Delivery:
    """`due_at` counts while it is pending; the last four are of the latest attempt."""

    delivery_id: int
    event_id: str
    event_type: str
    state: str
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None
    attempts: int
    began_at: datetime | None
    duration_ms: int | None
    status: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    number: int
    began_at: datetime
    duration_ms: int
    status: int | None
    error: str | None
    answer: str


_LOG = """
SELECT d.delivery_id, d.event_id, d.event_type, d.state, d.created_at, d.due_at, d.finished_at, d.attempts,
       a.began_at, a.duration_ms, a.status, a.error
FROM webhook_deliveries d LEFT JOIN webhook_attempts a ON a.delivery_id = d.delivery_id AND a.number = d.attempts
WHERE d.endpoint_id = $1 AND ($2::bigint IS NULL OR d.delivery_id < $2) AND ($3::text IS NULL OR d.state = $3)
  AND ($4::text IS NULL OR d.event_type = $4) AND ($5::bigint IS NULL OR d.delivery_id = $5)
ORDER BY d.delivery_id DESC LIMIT $6
"""


async def log(
    conn: Connection,
    endpoint_id: UUID,
    *,
    before: int | None = None,
    state: str | None = None,
    event_type: str | None = None,
    delivery_id: int | None = None,
    limit: int = 1,
) -> list[Delivery]:
    """An endpoint's deliveries, the newest first."""
    rows = await conn.fetch(_LOG, endpoint_id, before, state, event_type, delivery_id, limit)
    return [Delivery(**row) for row in rows]


async def attempts(conn: Connection, delivery_id: int) -> list[Attempt]:
    """The attempts of a delivery in their order."""
    rows = await conn.fetch(
        """
        SELECT number, began_at, duration_ms, status, error, answer FROM webhook_attempts
        WHERE delivery_id = $1 ORDER BY number
        """,
        delivery_id,
    )
    return [Attempt(**row) for row in rows]


async def send_again(conn: Connection, endpoint_id: UUID, delivery_id: int, now: datetime) -> None:
    """Due now, with all its tries before it, whatever its state; but for one that is being sent at the moment."""
    await conn.execute(
        """
        UPDATE webhook_deliveries SET state = 'pending', due_at = $3, tries = 0, finished_at = NULL, leased_until = NULL
        WHERE endpoint_id = $1 AND delivery_id = $2 AND (leased_until IS NULL OR leased_until <= $3)
        """,
        endpoint_id,
        delivery_id,
        now,
    )


async def send_lost_again(conn: Connection, endpoint_id: UUID, since: datetime, now: datetime) -> int:
    """The same for all since then that were given up or held. Returns how many."""
    done: str = await conn.execute(
        """
        UPDATE webhook_deliveries SET state = 'pending', due_at = $3, tries = 0, finished_at = NULL, leased_until = NULL
        WHERE endpoint_id = $1 AND created_at >= $2 AND state IN ('failed', 'held')
        """,
        endpoint_id,
        since,
        now,
    )
    return int(done.rpartition(" ")[2])
