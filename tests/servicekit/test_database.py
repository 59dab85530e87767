"""The pool and the unit of work on real PostgreSQL: bounded waits, and outages that leave as what they are."""

import asyncio
import time
from collections.abc import AsyncIterator

import asyncpg
import pytest

from servicekit.database import Pool, acquire, connect, ping, transaction
from servicekit.errors import DatabaseUnavailable
from tests.databases import Database
from tests.polling import within
from tests.servicekit import kit


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    async with kit.pool_of(database.app_url, max_size=2, command_timeout=1) as made:
        yield made


async def test_a_transaction_acts_as_somebody_for_its_own_length_only(pool: Pool) -> None:
    """The user that row-level security sees does not leak to the next transaction on the same connection."""
    ask = "SELECT current_setting('app.user_id', true)"
    async with transaction(pool, acting_as="learner-1") as conn:
        assert await conn.fetchval(ask) == "learner-1"
    for _ in range(3):
        async with transaction(pool) as conn:
            assert not await conn.fetchval(ask)


async def test_a_transaction_that_only_reads_cannot_write(pool: Pool) -> None:
    """`readonly` is the server's promise, not ours."""
    async with transaction(pool, readonly=True) as conn:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await kit.write(conn, [1])


async def test_json_columns_are_python_values(pool: Pool) -> None:
    """No caller encodes or decodes JSON by hand."""
    async with acquire(pool) as conn:
        assert await conn.fetchval("SELECT $1::jsonb", {"a": [1, None, "é"]}) == {"a": [1, None, "é"]}


async def test_when_all_connections_are_taken_one_waits_for_a_bounded_time(pool: Pool) -> None:
    """A pool that is used up is an outage after the time-out, and none as soon as one is given back."""
    async with acquire(pool), acquire(pool):
        started = time.monotonic()
        with within(0.3), pytest.raises(DatabaseUnavailable):
            await _use(pool, timeout=0.3)
        assert time.monotonic() - started > 0.2
    await ping(pool)


async def _use(pool: Pool, timeout: float) -> None:
    async with acquire(pool, timeout=timeout):
        raise AssertionError("there was one more")


async def test_a_statement_that_takes_too_long_is_an_outage_and_its_connection_is_usable_again(pool: Pool) -> None:
    """`command_timeout` bounds what a request can wait for."""
    with within(1), pytest.raises(DatabaseUnavailable):
        async with transaction(pool) as conn:
            await conn.execute("SELECT pg_sleep(20)")
    await asyncio.gather(ping(pool), ping(pool))


async def test_data_and_constraint_errors_are_not_taken_for_outages(pool: Pool) -> None:
    """What can never succeed must not be retried: it leaves as PostgreSQL said it."""
    with pytest.raises(asyncpg.CheckViolationError):
        async with transaction(pool) as conn:
            await kit.write(conn, [1_000_000])
    with pytest.raises(asyncpg.DataError):
        async with transaction(pool) as conn:
            await kit.write(conn, [2**40])


async def test_a_long_lived_connection_lets_the_server_notice_its_death(database: Database) -> None:
    """Session locks of a machine that vanished are freed in half a minute, not in two hours."""
    connection = await connect(database.app_url, application_name="tests")
    try:
        found = [await connection.fetchval(f"SHOW tcp_keepalives_{name}") for name in ("idle", "interval", "count")]
    finally:
        await connection.close()
    assert found == ["15", "5", "3"]
