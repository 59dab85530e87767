"""PostgreSQL: a bounded pool, and transactions that turn an outage into a fast 503."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
import orjson
from asyncpg.pool import PoolConnectionProxy

from servicekit.errors import DatabaseFull, DatabaseUnavailable

if TYPE_CHECKING:  # asyncpg's classes are generic in its stubs only
    Connection = PoolConnectionProxy[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection = PoolConnectionProxy | asyncpg.Connection
    Pool = asyncpg.Pool

OUTAGE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What a lost, refused or stuck database raises.

The last: asyncpg's words for a server that said good-bye while nobody listened, on the connection's next use.
"""

TRANSIENT = (
    *OUTAGE,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
)
"""What goes away by itself: an outage, or a fight over locks."""

_FULL_FOR_S = 15
_refused_at: dict[int, float] = {}
"""When the database behind a pool (by its identity) last refused a write for want of room."""


async def _prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name, encoder=lambda value: orjson.dumps(value).decode(), decoder=orjson.loads, schema="pg_catalog"
        )


async def connect(dsn: str, *, application_name: str, command_timeout: float = 10) -> "asyncpg.Connection[Any]":
    """One connection outside of any pool, for LISTEN and session locks.

    The server notices within half a minute that its other end has gone without a word, and frees its locks.
    """
    connection = await asyncpg.connect(
        dsn,
        timeout=5,
        command_timeout=command_timeout,
        server_settings={
            "application_name": application_name,
            "jit": "off",
            "tcp_keepalives_idle": "15",
            "tcp_keepalives_interval": "5",
            "tcp_keepalives_count": "3",
        },
    )
    await _prepare(connection)
    return connection


async def create_pool(
    dsn: str,
    *,
    application_name: str,
    max_size: int = 10,
    command_timeout: float = 10,
    search_path: str | None = None,
) -> Pool:
    """A pool that opens its connections when they are first used, so that a process starts without its database.

    `command_timeout` (s) bounds every statement on the client; the server ends it a little later by itself.
    `search_path` is the schema in which names are looked up, if it is not the role's usual one.
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=0,
        max_size=max_size,
        timeout=3,
        command_timeout=command_timeout,
        max_inactive_connection_lifetime=300,
        init=_prepare,
        server_settings={
            "application_name": application_name,
            "jit": "off",
            "statement_timeout": str(int(command_timeout * 1000) + 1000),
            "idle_in_transaction_session_timeout": "30000",
            **({"search_path": search_path} if search_path is not None else {}),
        },
    )


@asynccontextmanager
async def acquire(pool: Pool, *, timeout: float = 3) -> AsyncIterator[Connection]:
    """A connection without a transaction; raises DatabaseUnavailable when none is to be had within `timeout` (s)."""
    try:
        async with asyncio.timeout(timeout):
            connection = await pool.acquire()
    except OUTAGE as error:
        raise DatabaseUnavailable(f"no connection: {type(error).__name__}") from error
    try:
        yield connection
    finally:
        await pool.release(connection, timeout=5)


@asynccontextmanager
async def transaction(
    pool: Pool, *, acting_as: str | None = None, readonly: bool = False, timeout: float = 3
) -> AsyncIterator[Connection]:
    """The unit of work: commits at the end of the block, rolls back when it raises.

    `acting_as` sets `app.user_id` for this transaction only, which row-level security policies compare with.
    Outages before or inside the block leave as DatabaseUnavailable, a full disk as DatabaseFull.
    """
    async with acquire(pool, timeout=timeout) as connection:
        try:
            async with connection.transaction(readonly=readonly):
                if acting_as is not None:
                    await connection.execute("SELECT set_config('app.user_id', $1, true)", acting_as)
                yield connection
        except OUTAGE as error:
            raise DatabaseUnavailable(f"connection lost: {type(error).__name__}") from error
        except asyncpg.DiskFullError as error:
            _refused_at[id(pool)] = time.monotonic()
            raise DatabaseFull("no room left on its disk", retry_after_s=30) from error


async def ping(pool: Pool) -> None:
    """Raises if the database does not answer a trivial query within two seconds, or has just had no room to write."""
    async with acquire(pool, timeout=2) as connection:
        await connection.execute("SELECT 1", timeout=2)
    if time.monotonic() - _refused_at.get(id(pool), -_FULL_FOR_S) < _FULL_FOR_S:
        raise DatabaseFull("no room left on its disk")
