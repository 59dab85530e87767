"""What is known of one subject is found in every table, and stays forgotten."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from servicekit import forgotten
from servicekit.database import Pool, transaction
from servicekit.forgotten import UNCONFIGURED, Hashing, HashingNotConfigured
from tests.databases import Database
from tests.servicekit import kit

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HASHING = Hashing(SecretStr("a key of the tests, long enough to be one"))
TABLES = (
    "CREATE TABLE forgotten (subject_hash bytea PRIMARY KEY, until timestamptz NOT NULL)",
    "CREATE TABLE notes (who text, said text)",
    "CREATE TABLE visits (id int, who text, place jsonb) PARTITION BY LIST (id)",
    "CREATE TABLE visits_1 PARTITION OF visits FOR VALUES IN (1)",
    "CREATE TABLE kept (who text)",
    "CREATE TABLE places (name text)",
    "CREATE SCHEMA elsewhere",
    "CREATE TABLE elsewhere.notes (who text)",
    *(f"INSERT INTO notes VALUES ('{who}', 'hello'), ('{who}', 'bye')" for who in ("ada", "bob")),
    *(f"INSERT INTO visits VALUES (1, '{who}', '{{}}')" for who in ("ada", "bob")),
    "INSERT INTO kept VALUES ('ada')",
    "INSERT INTO elsewhere.notes VALUES ('ada')",
)


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    await kit.execute(database.owner_url, *TABLES)
    async with kit.pool_of(database.app_url) as opened:
        yield opened


async def test_everything_about_one_is_found_and_deleted_and_nothing_else(pool: Pool) -> None:
    """Row G7: each table that has the column, partitions once, but for those that are named; others' rows stay."""
    found = await pool.fetchval("SELECT rows_naming('who', 'ada', but => '{kept}')")
    notes = [{"who": "ada", "said": "bye"}, {"who": "ada", "said": "hello"}]
    assert found == {"notes": notes, "visits": [{"id": 1, "who": "ada", "place": {}}]}
    assert await pool.fetchval("SELECT delete_naming('who', 'ada', but => '{kept}')") == {"notes": 2, "visits": 1}
    assert await pool.fetchval("SELECT rows_naming('who', 'ada')") == {
        "kept": [{"who": "ada"}],
        "notes": [],
        "visits": [],
    }
    assert len((await pool.fetchval("SELECT rows_naming('who', 'bob')"))["notes"]) == 2
    assert await pool.fetchval("SELECT delete_naming('who', 'ada')") == {"kept": 1, "notes": 0, "visits": 0}


async def test_what_is_older_than_the_forgetting_is_left_out(pool: Pool) -> None:
    """Row G7: up to the moment and with it; what comes later, or is about others or nobody, counts."""
    until = NOW + timedelta(seconds=1)
    await pool.execute(
        "INSERT INTO forgotten VALUES ($1, $2), ($3, 'infinity')", *(HASHING.of("ada"), until), HASHING.of("eve")
    )
    said = [("ada", NOW), ("ada", until), ("ada", until + timedelta(microseconds=1)), ("bob", NOW), None]
    said.append(("eve", NOW + timedelta(days=9_000)))
    async with transaction(pool) as conn:
        left = await forgotten.left(conn, HASHING, said, lambda one: one)
        assert left == [said[2], said[3], None]
        assert await forgotten.left(conn, HASHING, [None], lambda one: one) == [None]


async def test_without_the_key_nothing_passes_once_somebody_was_forgotten(pool: Pool) -> None:
    """Row G7: a deployment that lost its key waits for it, instead of bringing back whom it cannot recognise."""
    async with transaction(pool) as conn:
        assert await forgotten.left(conn, UNCONFIGURED, [("ada", NOW)], lambda one: one) == [("ada", NOW)]
    await pool.execute("INSERT INTO forgotten VALUES ($1, $2)", HASHING.of("ada"), NOW)
    with pytest.raises(HashingNotConfigured):
        async with transaction(pool) as conn:
            await forgotten.left(conn, UNCONFIGURED, [("bob", NOW)], lambda one: one)


async def test_whoever_forgets_waits_for_those_that_write(pool: Pool) -> None:
    """Row G7: what a transaction writes that had asked before is there to be deleted."""
    holding = asyncio.Event()
    let_go = asyncio.Event()

    async def write() -> None:
        async with transaction(pool) as conn:
            await forgotten.hold(conn)
            holding.set()
            await let_go.wait()
            await conn.execute("INSERT INTO notes VALUES ('ada', 'late')")

    async def forget() -> int:
        async with transaction(pool) as conn:
            await forgotten.wait_to_forget(conn)
            gone: int = (await conn.fetchval("SELECT delete_naming('who', 'ada')"))["notes"]
            return gone

    async def waits() -> bool:
        return bool(
            await pool.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
        )

    writing = asyncio.create_task(write())
    await holding.wait()
    forgetting = asyncio.create_task(forget())
    await kit.until(waits)
    let_go.set()
    await writing
    assert await forgetting == 3
