"""Transfers and migrations in SQL. Taking one up moves its `due_at` on: that is schedule and lease in one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import asyncpg

from servicekit.database import Connection
from upload_service.identifiers import new_upload_id
from upload_service.transfers import STATES, State, Transfer, Wanted, before

Runner = Literal["worker", "command"]
MigrationState = Literal["running", "paused", "rolling_back"]

_TRANSFER = """
SELECT id, migration_id, lesson_id, source_id, source_url, copy_id, state, reason, attempts, bytes, duration_ms, due_at,
       asked_at, migrated_at, keep_until, verified, created_at, updated_at
FROM transfers
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """`batch`: how many are on their way at once; `concurrency`: how many are worked on at once; `grace_s` seconds."""

    id: UUID
    created_by: str
    runner: Runner
    state: MigrationState
    batch: int
    concurrency: int
    grace_s: int
    plan: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime


async def create_migration(
    conn: Connection,
    *,
    created_by: str,
    runner: Runner,
    batch: int,
    concurrency: int,
    grace_s: int,
    plan: Mapping[str, Any],
) -> Migration:
    row = await conn.fetchrow(
        """
        INSERT INTO migrations (id, created_by, runner, batch, concurrency, grace_s, plan)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *
        """,
        new_upload_id(),
        created_by,
        runner,
        batch,
        concurrency,
        grace_s,
        plan,
    )
    assert row is not None, "an INSERT that returns its row"
    return Migration(**row)


async def migration(conn: Connection, migration_id: UUID) -> Migration | None:
    row = await conn.fetchrow("SELECT * FROM migrations WHERE id = $1", migration_id)
    return Migration(**row) if row is not None else None


async def migrations(conn: Connection, *, limit: int, before: UUID | None = None) -> list[Migration]:
    """The newest first, from before `before`."""
    rows = await conn.fetch(
        "SELECT * FROM migrations WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2", before, limit
    )
    return [Migration(**row) for row in rows]


async def migrations_of_worker(conn: Connection) -> list[Migration]:
    """Those that the worker runs and that have something left to do, the oldest first."""
    rows = await conn.fetch(
        """
        SELECT m.* FROM migrations m
        WHERE m.runner = 'worker' AND m.state <> 'paused'
          AND (EXISTS (SELECT FROM transfers t WHERE t.migration_id = m.id
                       AND t.state IN ('planned', 'asked', 'processing'))
               OR m.state = 'rolling_back'
               AND EXISTS (SELECT FROM transfers t WHERE t.migration_id = m.id AND t.state = 'migrated'))
        ORDER BY m.id
        """
    )
    return [Migration(**row) for row in rows]


async def set_migration_state(conn: Connection, migration_id: UUID, state: MigrationState) -> None:
    await conn.execute(
        "UPDATE migrations SET state = $2, updated_at = now() WHERE id = $1 AND state <> $2", migration_id, state
    )


async def plan_transfers(conn: Connection, migration_id: UUID | None, rows: Iterable[Wanted]) -> int:
    """Write down what is to be moved. What is on its way or at Mux already is left out. Returns how many were new."""
    wanted = list(rows)
    done = await conn.fetch(
        """
        INSERT INTO transfers (id, migration_id, lesson_id, source_id, source_url, copy_id, bytes, duration_ms)
        SELECT id, $2, lesson_id, source_id, source_url, copy_id, bytes, duration_ms
        FROM unnest($1::uuid[], $3::text[], $4::uuid[], $5::text[], $6::uuid[], $7::bigint[], $8::bigint[])
             AS w (id, lesson_id, source_id, source_url, copy_id, bytes, duration_ms)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        [new_upload_id() for _ in wanted],
        migration_id,
        [one.lesson_id for one in wanted],
        [one.source_id for one in wanted],
        [one.source_url for one in wanted],
        [new_upload_id() for _ in wanted],
        [one.bytes for one in wanted],
        [one.duration_ms for one in wanted],
    )
    return len(done)


async def counts(conn: Connection, migration_id: UUID | None) -> dict[State, int]:
    """How many transfers are in each state; None for those of no migration."""
    rows = await conn.fetch(
        "SELECT state, count(*) AS n FROM transfers WHERE migration_id IS NOT DISTINCT FROM $1 GROUP BY state",
        migration_id,
    )
    found = {row["state"]: row["n"] for row in rows}
    return {state: found.get(state, 0) for state in STATES}


async def rows(
    conn: Connection,
    migration_id: UUID | None,
    after: UUID | None,
    limit: int,
    *,
    states: Sequence[State] = STATES,
) -> list[Transfer]:
    """Transfers in the order of their ids, from behind `after`."""
    found = await conn.fetch(
        _TRANSFER
        + """
        WHERE migration_id IS NOT DISTINCT FROM $1 AND ($2::uuid IS NULL OR id > $2) AND state = ANY($4::text[])
        ORDER BY id LIMIT $3
        """,
        migration_id,
        after,
        limit,
        list(states),
    )
    return [_transfer(row) for row in found]


async def transfer(conn: Connection, transfer_id: UUID, *, lock: bool = False) -> Transfer | None:
    """One transfer; locked until the transaction ends if asked. Its lesson is locked before it."""
    row = await conn.fetchrow(_TRANSFER + (" WHERE id = $1 FOR UPDATE" if lock else " WHERE id = $1"), transfer_id)
    return _transfer(row) if row is not None else None


async def set_state(
    conn: Connection,
    transfer_id: UUID,
    state: State,
    *,
    due_in_s: float = 0,
    reason: str | None = None,
    verified: Mapping[str, Any] | None = None,
) -> bool:
    """Progress: what failed before is forgotten. What is None stays as it is, but for the reason.

    False, and nothing happens, where `state` cannot follow the one that it is in.
    """
    done: str = await conn.execute(
        """
        UPDATE transfers SET state = $2, reason = $3, attempts = 0, due_at = now() + make_interval(secs => $4),
               verified = coalesce($5, verified), updated_at = now(),
               asked_at = CASE WHEN $2 = 'asked' THEN coalesce(asked_at, now()) ELSE asked_at END
        WHERE id = $1 AND state = ANY($6::text[])
        """,
        transfer_id,
        state,
        reason,
        float(due_in_s),
        verified,
        before(state),
    )
    return done == "UPDATE 1"


def _transfer(row: asyncpg.Record) -> Transfer:
    return Transfer(**row)
