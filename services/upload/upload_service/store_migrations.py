"""How a migration stands, and what is still to be done for it, in SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from servicekit.database import Connection
from upload_service import store_transfers
from upload_service.errors import MigrationNotFound
from upload_service.store_transfers import Migration


async def unplanned_of_worker(conn: Connection) -> list[UUID]:
    """Migrations that the worker is to run and that have a selection but no plan yet, the oldest first."""
    rows = await conn.fetch(
        """
        SELECT id FROM migrations
        WHERE runner = 'worker' AND state = 'running' AND plan ->> 'planned' = 'false' ORDER BY id
        """
    )
    return [row["id"] for row in rows]


async def unfinished_of_command(conn: Connection) -> UUID | None:
    """The newest migration of the command that has something left to do."""
    found: UUID | None = await conn.fetchval(
        """
        SELECT id FROM migrations m
        WHERE runner = 'command' AND state <> 'rolling_back'
          AND (plan ->> 'planned' = 'false'
               OR EXISTS (SELECT FROM transfers t WHERE t.migration_id = m.id
                          AND t.state IN ('planned', 'asked', 'processing')))
        ORDER BY id DESC LIMIT 1
        """
    )
    return found


async def put_off(conn: Connection, migration_id: UUID) -> tuple[str, int] | None:
    """The most frequent reason why open transfers wait, and for how many."""
    row = await conn.fetchrow(
        """
        SELECT reason, count(*) AS n FROM transfers
        WHERE migration_id = $1 AND state IN ('planned', 'asked', 'processing') AND reason IS NOT NULL
        GROUP BY reason ORDER BY n DESC, reason LIMIT 1
        """,
        migration_id,
    )
    return (row["reason"], row["n"]) if row is not None else None


async def reasons(conn: Connection, migration_id: UUID | None, state: str, *, limit: int) -> list[tuple[str, int]]:
    """Why transfers are in that state, the most frequent reason first."""
    rows = await conn.fetch(
        """
        SELECT coalesce(reason, 'no reason was given') AS reason, count(*) AS n FROM transfers
        WHERE migration_id IS NOT DISTINCT FROM $1 AND state = $2
        GROUP BY 1 ORDER BY n DESC, 1 LIMIT $3
        """,
        migration_id,
        state,
        limit,
    )
    return [(row["reason"], row["n"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Kept:
    """Originals of migrated videos: `due` may go now, `within` the grace not yet, the first of them at `next_at`."""

    due: int
    due_bytes: int
    within: int
    next_at: datetime | None
    until: datetime | None


async def kept(conn: Connection, migration_id: UUID | None) -> Kept:
    """What a cleanup of a migration, None for the transfers of none, would look at, and what it would leave."""
    row = await conn.fetchrow(
        """
        SELECT count(*) FILTER (WHERE keep_until <= now()) AS due,
               coalesce(sum(bytes) FILTER (WHERE keep_until <= now()), 0)::bigint AS due_bytes,
               count(*) FILTER (WHERE keep_until > now()) AS within,
               min(keep_until) FILTER (WHERE keep_until > now()) AS next_at, max(keep_until) AS until
        FROM transfers WHERE migration_id IS NOT DISTINCT FROM $1 AND state = 'migrated'
        """,
        migration_id,
    )
    assert row is not None, "an aggregate has a row"
    return Kept(**row)


async def lock(conn: Connection, migration_id: UUID) -> Migration:
    """A migration that nobody else changes until the transaction ends. Raises MigrationNotFound."""
    await conn.execute("SELECT FROM migrations WHERE id = $1 FOR UPDATE", migration_id)
    found = await store_transfers.migration(conn, migration_id)
    if found is None:
        raise MigrationNotFound()
    return found


async def migrated_of_lesson(conn: Connection, lesson_id: str, migration_id: UUID | None = None) -> UUID | None:
    """The transfer, of that migration if given, by which the lesson plays from Mux; the latest of several."""
    found: UUID | None = await conn.fetchval(
        """
        SELECT id FROM transfers
        WHERE lesson_id = $1 AND ($2::uuid IS NULL OR migration_id = $2) AND state = 'migrated'
        ORDER BY migrated_at DESC, id DESC LIMIT 1
        """,
        lesson_id,
        migration_id,
    )
    return found


async def pace(conn: Connection, migration_id: UUID) -> tuple[datetime | None, datetime | None, int]:
    """When the first and the last video of a migration were moved, and how many were."""
    row = await conn.fetchrow(
        "SELECT min(migrated_at) AS first, max(migrated_at) AS last, count(migrated_at) AS n "
        "FROM transfers WHERE migration_id = $1",
        migration_id,
    )
    return (row["first"], row["last"], row["n"]) if row is not None else (None, None, 0)


async def oldest_open(conn: Connection, migration_id: UUID | None) -> datetime | None:
    """Since when the oldest open transfer is waiting or on its way."""
    found: datetime | None = await conn.fetchval(
        """
        SELECT min(coalesce(asked_at, created_at)) FROM transfers
        WHERE migration_id IS NOT DISTINCT FROM $1 AND state IN ('planned', 'asked', 'processing')
        """,
        migration_id,
    )
    return found


async def mark(conn: Connection, migration_id: UUID, told: Mapping[str, Any]) -> None:
    """Keep something more with a migration's plan."""
    await conn.execute("UPDATE migrations SET plan = plan || $2, updated_at = now() WHERE id = $1", migration_id, told)


async def to_clean_by_worker(conn: Connection) -> list[UUID]:
    """Migrations whose originals the worker was asked to remove."""
    rows = await conn.fetch("SELECT id FROM migrations WHERE plan ->> 'cleaning' = 'true' ORDER BY id")
    return [row["id"] for row in rows]


async def to_roll_back_by_worker(conn: Connection) -> list[UUID]:
    """Migrations that the worker was asked to roll back, whoever ran them."""
    rows = await conn.fetch(
        "SELECT id FROM migrations WHERE state = 'rolling_back' AND plan ->> 'rollback' = 'worker' ORDER BY id"
    )
    return [row["id"] for row in rows]


async def first_due_keys(
    conn: Connection, migration_ids: Sequence[UUID], without_migration: bool, *, limit: int
) -> list[str]:
    """The keys of the originals that a cleanup would begin with."""
    rows = await conn.fetch(
        """
        SELECT u.s3_key FROM transfers t JOIN uploads u ON u.id = t.source_id
        WHERE (t.migration_id = ANY($1::uuid[]) OR $2 AND t.migration_id IS NULL)
          AND t.state = 'migrated' AND t.keep_until <= now() AND u.s3_key IS NOT NULL
        ORDER BY t.due_at, t.id LIMIT $3
        """,
        migration_ids,
        without_migration,
        limit,
    )
    return [row["s3_key"] for row in rows]
