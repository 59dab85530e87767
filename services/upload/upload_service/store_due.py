"""Which transfers are to be worked on, and how each step of one is written down, in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from servicekit.database import Connection
from upload_service.transfers import State, Transfer, Wanted


async def claim(
    conn: Connection, migration_id: UUID | None, *, lease_s: float, limit: int, batch: int | None
) -> list[Transfer]:
    """Take up open transfers that are due, or whose copy was heard of, for `lease_s`; those on their way come first.

    No more are begun than `batch` on their way at once. A paused migration has none.
    """
    rows = await conn.fetch(
        """
        WITH begun AS (
            SELECT count(*) AS n FROM transfers
            WHERE migration_id IS NOT DISTINCT FROM $1 AND state IN ('asked', 'processing')
        ), ready AS (
            SELECT t.id FROM transfers t
            WHERE t.migration_id IS NOT DISTINCT FROM $1 AND t.state IN ('asked', 'processing')
              AND (t.due_at <= now()
                   OR t.state = 'processing' AND EXISTS (
                       SELECT FROM uploads u WHERE u.id = t.copy_id AND u.updated_at > t.updated_at
                       AND u.status IN ('ready', 'errored', 'deleted')))
            ORDER BY t.due_at, t.id LIMIT $3 FOR UPDATE SKIP LOCKED
        ), fresh AS (
            SELECT t.id FROM transfers t
            WHERE t.migration_id IS NOT DISTINCT FROM $1 AND t.state = 'planned' AND t.due_at <= now()
            ORDER BY t.due_at, t.id
            LIMIT least($3 - (SELECT count(*) FROM ready), greatest(0, $4 - (SELECT n FROM begun)))
            FOR UPDATE SKIP LOCKED
        )
        UPDATE transfers SET due_at = now() + make_interval(secs => $2), updated_at = now()
        WHERE id IN (SELECT id FROM ready UNION ALL SELECT id FROM fresh)
          AND NOT EXISTS (SELECT FROM migrations m WHERE m.id = $1 AND m.state = 'paused')
        RETURNING *
        """,
        migration_id,
        lease_s,
        limit,
        batch if batch is not None else 2**31,
    )
    return [Transfer(**row) for row in rows]


async def claim_kept(conn: Connection, migration_id: UUID | None, *, lease_s: float, limit: int) -> list[Transfer]:
    """Take up migrated transfers whose grace is over."""
    rows = await conn.fetch(
        """
        UPDATE transfers SET due_at = now() + make_interval(secs => $2), updated_at = now()
        WHERE id IN (
            SELECT id FROM transfers
            WHERE migration_id IS NOT DISTINCT FROM $1 AND state = 'migrated'
              AND keep_until <= now() AND due_at <= now()
            ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
        RETURNING *
        """,
        migration_id,
        lease_s,
        limit,
    )
    return [Transfer(**row) for row in rows]


async def postpone(conn: Connection, transfer_id: UUID, state: State, *, due_in_s: float, reason: str) -> None:
    """It failed for now: said why, counted, and to be tried again. Nothing if it has moved on meanwhile."""
    await conn.execute(
        """
        UPDATE transfers SET attempts = attempts + 1, reason = $4, due_at = now() + make_interval(secs => $3),
               updated_at = now()
        WHERE id = $1 AND state = $2
        """,
        transfer_id,
        state,
        float(due_in_s),
        reason,
    )


async def wait(conn: Connection, transfer_id: UUID, state: State, *, due_in_s: float) -> None:
    """Nothing is wrong, there is only nothing to do before that."""
    await conn.execute(
        "UPDATE transfers SET attempts = 0, reason = NULL, due_at = now() + make_interval(secs => $3) "
        "WHERE id = $1 AND state = $2",
        transfer_id,
        state,
        float(due_in_s),
    )


async def migrated(
    conn: Connection, transfer_id: UUID, *, grace_s: float, verified: Mapping[str, Any], duration_ms: int | None
) -> None:
    """The lesson plays the copy from this transaction on."""
    await conn.execute(
        """
        UPDATE transfers SET state = 'migrated', reason = NULL, attempts = 0, verified = $3, migrated_at = now(),
               keep_until = now() + make_interval(secs => $2), due_at = now() + make_interval(secs => $2),
               duration_ms = coalesce($4, duration_ms), updated_at = now()
        WHERE id = $1
        """,
        transfer_id,
        float(grace_s),
        verified,
        duration_ms,
    )


async def is_rolling_back(conn: Connection, migration_id: UUID | None) -> bool:
    found: bool = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM migrations WHERE id = $1 AND state = 'rolling_back')", migration_id
    )
    return found


async def grace_s(conn: Connection, migration_id: UUID | None) -> int | None:
    """A migration's grace; None for a transfer of none."""
    found: int | None = await conn.fetchval("SELECT grace_s FROM migrations WHERE id = $1", migration_id)
    return found


async def oldest_open_s(conn: Connection) -> float:
    """The age of the oldest transfer that is not settled, 0 without any."""
    age: float = await conn.fetchval(
        """
        SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8
        FROM transfers WHERE state IN ('planned', 'asked', 'processing')
        """
    )
    return age


async def to_redrive(conn: Connection, *, limit: int) -> Sequence[Wanted]:
    """Videos that are in S3 because Mux was away and that no transfer has taken up yet."""
    rows = await conn.fetch(
        """
        SELECT u.lesson_id, u.id, u.duration_ms FROM uploads u
        WHERE u.redrive AND NOT u.discarded AND u.status = 'ready' AND u.provider = 's3'
          AND NOT EXISTS (SELECT FROM transfers t WHERE t.source_id = u.id)
        ORDER BY u.id LIMIT $1
        """,
        limit,
    )
    return [Wanted(row["lesson_id"], row["id"], duration_ms=row["duration_ms"]) for row in rows]
