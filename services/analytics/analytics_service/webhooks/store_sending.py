"""SQL of sending: what is due is claimed under a lease, sent outside of any transaction, and noted.

Whoever writes both locks the endpoint before its deliveries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from analytics_service.webhooks import store_endpoints
from analytics_service.webhooks.retrying import Answer, Verdict
from servicekit.database import Connection


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours until `leased_until`. `tries` are those before; secrets are the newest first."""

    delivery_id: int
    endpoint_id: UUID
    event_id: str
    event_type: str
    body: str
    url: str
    tries: int
    failing_since: datetime | None
    leased_until: datetime
    secrets: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is on its way: how many, since when the oldest was to be told (s), for how long one has been due (s)."""

    pending: int
    oldest_s: float
    overdue_s: float


# Whoever holds the endpoint's lock is the only one to claim deliveries of it, so that none gets more than its share.
_FREE = """
SELECT e.endpoint_id FROM webhook_endpoints e
WHERE e.enabled AND (e.resting_until IS NULL OR e.resting_until <= $1) AND EXISTS (
    SELECT FROM webhook_deliveries d WHERE d.endpoint_id = e.endpoint_id AND d.state = 'pending' AND d.due_at <= $1)
FOR NO KEY UPDATE SKIP LOCKED
"""
_CLAIM = """
WITH room AS (
    SELECT e.endpoint_id, CASE WHEN e.failing_since IS NULL THEN $4::bigint ELSE 1 END - (
        SELECT count(*) FROM webhook_deliveries d WHERE d.endpoint_id = e.endpoint_id AND d.leased_until > $1) AS free
    FROM webhook_endpoints e WHERE e.endpoint_id = ANY ($2::uuid[])
), chosen AS (
    SELECT c.delivery_id FROM room r
    CROSS JOIN LATERAL (
        SELECT d.delivery_id, d.due_at FROM webhook_deliveries d
        WHERE d.endpoint_id = r.endpoint_id AND d.state = 'pending' AND d.due_at <= $1
        ORDER BY d.due_at, d.delivery_id LIMIT greatest(r.free, 0) FOR UPDATE SKIP LOCKED
    ) c
    ORDER BY row_number() OVER (PARTITION BY r.endpoint_id ORDER BY c.due_at, c.delivery_id), c.due_at, c.delivery_id
    LIMIT $3
), claimed AS (
    UPDATE webhook_deliveries d SET leased_until = $5, due_at = $5 FROM chosen c WHERE d.delivery_id = c.delivery_id
    RETURNING d.*
)
SELECT c.delivery_id, c.endpoint_id, c.event_id, c.event_type, m.body, e.url, c.tries, e.failing_since, c.leased_until,
       ARRAY(SELECT s.sealed FROM webhook_secrets s WHERE s.endpoint_id = c.endpoint_id
             AND (s.expires_at IS NULL OR s.expires_at > $1) ORDER BY s.secret_id DESC) AS secrets
FROM claimed c JOIN webhook_endpoints e USING (endpoint_id) JOIN webhook_messages m USING (event_id)
ORDER BY c.delivery_id
"""


async def claim(conn: Connection, now: datetime, lease: timedelta, *, most: int, of_each: int) -> list[Claimed]:
    """What is due, at most that many, `of_each` endpoint at a time over all processes; one of an endpoint that fails.

    Where there is more than can be taken, every endpoint gets its first before any gets its second.
    """
    free = await conn.fetch(_FREE, now)
    if not free:
        return []
    rows = await conn.fetch(_CLAIM, now, [row["endpoint_id"] for row in free], most, of_each, now + lease)
    return [Claimed(**row) for row in rows]


_SUCCESS = """
UPDATE webhook_endpoints SET delivered_at = $2, failing_since = NULL, last_error = NULL
WHERE endpoint_id = $1
  AND (failing_since IS NOT NULL OR delivered_at IS NULL OR delivered_at < $2::timestamptz - interval '1 minute')
"""
_FAILURE = """
UPDATE webhook_endpoints SET failing_since = coalesce(failing_since, $2), last_error = $3,
    resting_until = greatest(resting_until, $4)
WHERE endpoint_id = $1
"""
# A lease that is over leaves the delivery to whoever has it now; that it was delivered is true all the same.
_NOTE = """
UPDATE webhook_deliveries SET
    attempts = attempts + 1,
    tries = CASE WHEN leased_until = $2 THEN tries + 1 ELSE tries END,
    state = CASE WHEN $3 = 'delivered' OR leased_until = $2 THEN $3 ELSE state END,
    due_at = CASE WHEN leased_until = $2 THEN coalesce($4, due_at) ELSE due_at END,
    finished_at = CASE WHEN $3 = 'delivered' OR (leased_until = $2 AND $3 = 'failed') THEN $5 ELSE finished_at END,
    leased_until = CASE WHEN $3 = 'delivered' OR leased_until = $2 THEN NULL ELSE leased_until END
WHERE delivery_id = $1 RETURNING attempts
"""
_ATTEMPT = """
INSERT INTO webhook_attempts (delivery_id, number, began_at, duration_ms, status, error, answer)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_STATES = {"delivered": "delivered", "retried": "pending", "failed": "failed", "gone": "failed"}


async def note(
    conn: Connection, claimed: Claimed, answer: Answer, verdict: Verdict, *, began_at: datetime, now: datetime
) -> bool:
    """Write down how an attempt went, and what becomes of the delivery and its endpoint. Whether this disabled it.

    A delivery that was deleted meanwhile, with its endpoint or its learner, leaves nothing.
    """
    if verdict.outcome == "delivered":
        await conn.execute(_SUCCESS, claimed.endpoint_id, now)
    else:
        await conn.execute(_FAILURE, claimed.endpoint_id, now, answer.complaint, verdict.rest_until)
    number = await conn.fetchval(
        _NOTE, claimed.delivery_id, claimed.leased_until, _STATES[verdict.outcome], verdict.due_at, now
    )
    if number is not None:
        await conn.execute(
            _ATTEMPT,
            claimed.delivery_id,
            number,
            began_at,
            answer.duration_ms,
            answer.status,
            answer.complaint,
            answer.text,
        )
    if verdict.disabled is None:
        return False
    return await store_endpoints.disable(conn, claimed.endpoint_id, verdict.disabled, now)


async def put_off(conn: Connection, claimed: Claimed, due_at: datetime) -> None:
    """Give a delivery back that was not tried."""
    await conn.execute(
        """
        UPDATE webhook_deliveries SET due_at = $3, leased_until = NULL
        WHERE delivery_id = $1 AND leased_until = $2
        """,
        claimed.delivery_id,
        claimed.leased_until,
        due_at,
    )


async def waiting(conn: Connection, now: datetime) -> Waiting:
    row = await conn.fetchrow(
        """
        SELECT count(*) AS pending,
               coalesce(extract(epoch FROM $1::timestamptz - min(d.created_at)), 0)::float AS oldest_s,
               coalesce(extract(epoch FROM $1 - min(d.due_at) FILTER (WHERE e.resting_until IS NULL
                                                                    OR e.resting_until <= $1)), 0)::float AS overdue_s
        FROM webhook_deliveries d JOIN webhook_endpoints e USING (endpoint_id) WHERE d.state = 'pending'
        """,
        now,
    )
    assert row is not None
    return Waiting(row["pending"], max(row["oldest_s"], 0), max(row["overdue_s"], 0))


async def clear(conn: Connection, before: datetime, unwanted_before: datetime, *, most: int) -> int:
    """Delete deliveries of before then, messages without any, and secrets that are over. Returns how many deliveries.

    At most `most` deliveries at a time. A message gets its deliveries when it is written: one of before
    `unwanted_before` without any has lost them, with its endpoints.
    """
    done: str = await conn.execute(
        """
        DELETE FROM webhook_deliveries WHERE delivery_id IN (
            SELECT delivery_id FROM webhook_deliveries WHERE created_at < $1
              AND (leased_until IS NULL OR leased_until < $1) ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        """,
        before,
        most,
    )
    await conn.execute(
        """
        DELETE FROM webhook_messages m WHERE m.created_at < $1
          AND NOT EXISTS (SELECT FROM webhook_deliveries d WHERE d.event_id = m.event_id)
        """,
        unwanted_before,
    )
    await conn.execute("DELETE FROM webhook_secrets WHERE expires_at < $1", before)
    return int(done.rpartition(" ")[2])
