"""Migrations on real PostgreSQL: once each, one runner at a time, all or nothing, and what the app may do."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from servicekit import migrate as runner
from servicekit.migrate import MigrationError, migrate
from tests.databases import Database

ROLE = "analytics_app"


class Package:
    """A Python package of this test with migrations that the test writes."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name, self._folder = name, folder / name / "migrations"
        self._folder.mkdir(parents=True)
        (folder / name / "__init__.py").write_text("")

    def write(self, name: str, sql: str) -> None:
        (self._folder / name).write_text(sql)

    def remove(self, name: str) -> None:
        (self._folder / name).unlink()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    name = f"migrated_{tmp_path.name.replace('-', '_')}"
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, name, raising=False)
    return Package(tmp_path, name)


@pytest.fixture
def empty(make_database: Callable[..., Database]) -> Database:
    return make_database("analytics", migrated=False)


async def tables(database: Database) -> set[str]:
    connection = await asyncpg.connect(database.owner_url)
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    finally:
        await connection.close()
    return {row["tablename"] for row in rows}


async def as_app(database: Database, sql: str) -> str:
    connection = await asyncpg.connect(database.app_url)
    try:
        return await connection.execute(sql)
    finally:
        await connection.close()


async def test_files_run_once_and_in_order_after_the_mechanisms_own(package: Package, empty: Database) -> None:
    """The first run applies everything, the second nothing, a later one what is new."""
    package.write("0001_a.sql", "CREATE TABLE a (x integer)")
    package.write("0002_b.sql", "ALTER TABLE a ADD COLUMN y integer; CREATE TABLE b ()")
    first = await migrate(empty.owner_url, package.name, app_role=ROLE)
    assert first[-2:] == [f"{package.name}/0001_a.sql", f"{package.name}/0002_b.sql"]
    assert all(name.startswith("servicekit/") for name in first[:-2])
    assert await migrate(empty.owner_url, package.name, app_role=ROLE) == []
    package.write("0003_c.sql", "CREATE TABLE c ()")
    assert await migrate(empty.owner_url, package.name, app_role=ROLE) == [f"{package.name}/0003_c.sql"]
    assert await tables(empty) == {"a", "b", "c", "dead_letter_audit", "inbox", "outbox", "schema_migrations"}


async def test_four_runners_at_once_apply_each_file_once(package: Package, empty: Database) -> None:
    """Replicas that start together do not run a file twice, nor fail."""
    for number in range(1, 6):
        package.write(f"000{number}_t.sql", f"CREATE TABLE t{number} ()")
    runs = await asyncio.gather(*(migrate(empty.owner_url, package.name, app_role=ROLE) for _ in range(4)))
    assert sorted(map(len, runs))[:3] == [0, 0, 0]
    assert max(map(len, runs)) >= 6


async def test_a_file_that_fails_leaves_nothing_behind(package: Package, empty: Database) -> None:
    """What came before it stays, its own statements are rolled back, and the mended file runs."""
    package.write("0001_a.sql", "CREATE TABLE a ()")
    package.write("0002_b.sql", "CREATE TABLE b (); SELECT 1 / 0")
    package.write("0003_c.sql", "CREATE TABLE c ()")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty.owner_url, package.name, app_role=ROLE)
    assert await tables(empty) == {"a", "dead_letter_audit", "inbox", "outbox", "schema_migrations"}
    package.write("0002_b.sql", "CREATE TABLE b ()")
    assert len(await migrate(empty.owner_url, package.name, app_role=ROLE)) == 2


async def test_an_edited_file_is_refused(package: Package, empty: Database) -> None:
    """What has landed is never edited: the checksum tells, and nothing further runs."""
    package.write("0001_a.sql", "CREATE TABLE a ()")
    await migrate(empty.owner_url, package.name, app_role=ROLE)
    package.write("0001_a.sql", "CREATE TABLE a (x integer)")
    package.write("0002_b.sql", "CREATE TABLE b ()")
    with pytest.raises(MigrationError, match=r"0001_a\.sql was edited"):
        await migrate(empty.owner_url, package.name, app_role=ROLE)
    assert "b" not in await tables(empty)


@pytest.mark.parametrize("names", [("0001_a.sql", "0003_c.sql"), ("0002_b.sql",), ("0001_a.sql", "0001_b.sql")])
async def test_gaps_and_duplicates_are_refused(package: Package, empty: Database, names: tuple[str, ...]) -> None:
    """Numbers are 1, 2, 3 …: two branches that both add the next one meet here and not in production."""
    for name in names:
        package.write(name, "SELECT 1")
    with pytest.raises(MigrationError, match="not numbered"):
        await migrate(empty.owner_url, package.name, app_role=ROLE)


async def test_odd_names_are_refused_and_other_files_ignored(package: Package, empty: Database) -> None:
    """A file that looks like a migration and would silently not run is an error; a README is not."""
    package.write("README.md", "about")
    assert await migrate(empty.owner_url, package.name, app_role=ROLE)
    package.write("1_a.sql", "SELECT 1")
    with pytest.raises(MigrationError, match="is not named"):
        await migrate(empty.owner_url, package.name, app_role=ROLE)


async def test_a_file_may_run_outside_a_transaction(package: Package, empty: Database) -> None:
    """CREATE INDEX CONCURRENTLY works, also while another runner waits for its turn."""
    package.write("0001_a.sql", "CREATE TABLE a (x integer)")
    package.write("0002_i.sql", "-- no-transaction\nCREATE INDEX CONCURRENTLY a_x ON a (x)")
    runs = await asyncio.gather(*(migrate(empty.owner_url, package.name, app_role=ROLE) for _ in range(3)))
    assert max(map(len, runs)) >= 3
    connection = await asyncpg.connect(empty.owner_url)
    valid = await connection.fetchval("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_x'::regclass")
    await connection.close()
    assert valid


async def test_a_lock_that_is_held_is_not_waited_for_for_ever(package: Package, empty: Database) -> None:
    """A runner that hangs does not hang all others silently."""
    holder = await asyncpg.connect(empty.owner_url)
    await holder.execute("SELECT pg_advisory_lock($1)", runner._LOCK)
    try:
        with pytest.raises(MigrationError, match="held the lock"):
            await migrate(empty.owner_url, package.name, app_role=ROLE, lock_timeout_s=0.3)
    finally:
        await holder.close()
    assert await migrate(empty.owner_url, package.name, app_role=ROLE)


async def test_the_application_role_uses_tables_and_owns_none(package: Package, empty: Database) -> None:
    """It reads and writes rows; it cannot change the schema, empty a table, or see the ledger; REVOKEs hold."""
    package.write(
        "0001_a.sql",
        "CREATE TABLE a (id serial, x integer); CREATE TABLE evidence ();"
        f"REVOKE UPDATE, DELETE ON evidence FROM {ROLE}",
    )
    await migrate(empty.owner_url, package.name, app_role=ROLE)
    for allowed in (
        "INSERT INTO a (x) VALUES (1)",
        "UPDATE a SET x = 2",
        "SELECT * FROM a",
        "DELETE FROM a",
        "INSERT INTO evidence DEFAULT VALUES",
        "INSERT INTO inbox (consumer, event_id) VALUES ('c', 'e')",
    ):
        await as_app(empty, allowed)
    for refused in (
        "DROP TABLE a",
        "TRUNCATE a",
        "ALTER TABLE a ADD COLUMN y integer",
        "CREATE TABLE mine ()",
        "DELETE FROM evidence",
        "SELECT * FROM schema_migrations",
        "INSERT INTO schema_migrations VALUES ('x', 1, 'x', 'x')",
        "ALTER TABLE a DISABLE ROW LEVEL SECURITY",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await as_app(empty, refused)


async def test_the_migrations_command_says_how_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong call ends with the usage and not with a traceback."""
    monkeypatch.setattr(sys, "argv", ["migrate"])
    with pytest.raises(SystemExit, match="usage"):
        runner.main()
