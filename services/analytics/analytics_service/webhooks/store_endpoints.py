"""SQL of endpoints and their secrets, as admins register and change them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicekit.database import Connection


@dataclass(frozen=True, slots=True)
class SecretTimes:
    """A secret that signs, without itself. `expires_at` is set once another one has taken its place."""

    created_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A receiver; `pending` counts deliveries that are due or wait for another try."""

    endpoint_id: UUID
    url: str
    description: str
    event_types: list[str]
    enabled: bool
    created_by: str
    created_at: datetime
    disabled_at: datetime | None
    disabled_reason: str | None
    delivered_at: datetime | None
    failing_since: datetime | None
    last_error: str | None
    resting_until: datetime | None
    pending: int
    secrets: tuple[SecretTimes, ...]


_ENDPOINTS = """
SELECT e.*, s.created, s.expire, (
    SELECT count(*) FROM webhook_deliveries d WHERE d.endpoint_id = e.endpoint_id AND d.state = 'pending') AS pending
FROM webhook_endpoints e
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(s.created_at ORDER BY s.secret_id DESC), '{}') AS created,
           coalesce(array_agg(s.expires_at ORDER BY s.secret_id DESC), '{}') AS expire
    FROM webhook_secrets s WHERE s.endpoint_id = e.endpoint_id AND (s.expires_at IS NULL OR s.expires_at > $1)
) s
WHERE $2::uuid IS NULL OR e.endpoint_id = $2
ORDER BY e.created_at, e.endpoint_id
"""


async def endpoints(conn: Connection, now: datetime, endpoint_id: UUID | None = None) -> list[Endpoint]:
    """All of them, or the one, the oldest first, each with the secrets that sign by now, the newest first."""
    rows = await conn.fetch(_ENDPOINTS, now, endpoint_id)
    found = []
    for row in rows:
        values = dict(row)
        secrets = tuple(map(SecretTimes, values.pop("created"), values.pop("expire")))
        found.append(Endpoint(**values, secrets=secrets))
    return found


async def add(
    conn: Connection,
    endpoint_id: UUID,
    url: str,
    *,
    description: str,
    event_types: Sequence[str],
    created_by: str,
    now: datetime,
    most: int,
) -> bool:
    """Register an endpoint. False where there are `most` already, however many ask at once."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtext('webhook_endpoints'))")
    done: str = await conn.execute(
        """
        INSERT INTO webhook_endpoints (endpoint_id, url, description, event_types, created_by, created_at)
        SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM webhook_endpoints) < $7
        """,
        endpoint_id,
        url,
        description,
        list(event_types),
        created_by,
        now,
        most,
    )
    return done.endswith("1")


async def change(
    conn: Connection, endpoint_id: UUID, url: str | None, description: str | None, event_types: Sequence[str] | None
) -> None:
    """Change what is given. Another address has a record of its own: it has not failed, and need not rest."""
    await conn.execute(
        """
        UPDATE webhook_endpoints SET
            url = coalesce($2, url), description = coalesce($3, description), event_types = coalesce($4, event_types),
            failing_since = CASE WHEN $2 <> url THEN NULL ELSE failing_since END,
            last_error = CASE WHEN $2 <> url THEN NULL ELSE last_error END,
            resting_until = CASE WHEN $2 <> url THEN NULL ELSE resting_until END
        WHERE endpoint_id = $1
        """,
        endpoint_id,
        url,
        description,
        list(event_types) if event_types is not None else None,
    )


async def enable(conn: Connection, endpoint_id: UUID) -> None:
    """Deliver to it again, with nothing held against it. An enabled one stays as it is."""
    await conn.execute(
        """
        UPDATE webhook_endpoints SET enabled = true, disabled_at = NULL, disabled_reason = NULL, failing_since = NULL,
            last_error = NULL, resting_until = NULL
        WHERE endpoint_id = $1 AND NOT enabled
        """,
        endpoint_id,
    )


async def disable(conn: Connection, endpoint_id: UUID, reason: str, now: datetime) -> bool:
    """Deliver nothing to it any more, and hold what waits. Whether it was enabled until then."""
    done: str = await conn.execute(
        """
        UPDATE webhook_endpoints SET enabled = false, disabled_at = $3, disabled_reason = $2
        WHERE endpoint_id = $1 AND enabled
        """,
        endpoint_id,
        reason,
        now,
    )
    if done.endswith("0"):
        return False
    await conn.execute(
        """
        UPDATE webhook_deliveries SET state = 'held', leased_until = NULL
        WHERE endpoint_id = $1 AND state = 'pending'
        """,
        endpoint_id,
    )
    return True


async def delete(conn: Connection, endpoint_id: UUID) -> bool:
    """Delete it with its secrets, deliveries and attempts. Whether it was there."""
    done: str = await conn.execute("DELETE FROM webhook_endpoints WHERE endpoint_id = $1", endpoint_id)
    return done.endswith("1")


async def add_secret(conn: Connection, endpoint_id: UUID, sealed: bytes, now: datetime) -> None:
    await conn.execute(
        "INSERT INTO webhook_secrets (endpoint_id, sealed, created_at) VALUES ($1, $2, $3)", endpoint_id, sealed, now
    )


async def retire_secrets(conn: Connection, endpoint_id: UUID, now: datetime, until: datetime) -> None:
    """The present secret signs until then; one that was on its way out is over: there are never more than two."""
    await conn.execute("SELECT FROM webhook_endpoints WHERE endpoint_id = $1 FOR NO KEY UPDATE", endpoint_id)
    await conn.execute(
        """
        UPDATE webhook_secrets SET expires_at = CASE WHEN expires_at IS NULL THEN $3 ELSE $2 END
        WHERE endpoint_id = $1 AND (expires_at IS NULL OR expires_at > $2)
        """,
        endpoint_id,
        now,
        until,
    )
