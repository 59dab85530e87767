"""Numbered SQL files, each applied once: a checksummed ledger, one runner at a time, nothing edited after it landed.

Waiting for the lock polls `pg_try_advisory_lock`: waiting inside `pg_advisory_lock` would deadlock with
CREATE INDEX CONCURRENTLY.
"""

import asyncio
import hashlib
import importlib.resources
import re
import sys
from dataclasses import dataclass

import asyncpg

from servicekit.telemetry import configure_logging, get_logger

_LOCK = 0x5EA71AE
_SCHEMA = re.compile(r"\b(IN|ON) SCHEMA public\b")
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    component  text        NOT NULL,
    number     integer     NOT NULL,
    name       text        NOT NULL,
    checksum   text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (component, number)
)
"""
_DEFAULT_PRIVILEGES = """
SELECT format('GRANT USAGE ON SCHEMA %2$I TO %1$I', role, schema) AS grant_schema,
       format('ALTER DEFAULT PRIVILEGES IN SCHEMA %2$I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %1$I',
              role, schema) AS grant_tables,
       format('ALTER DEFAULT PRIVILEGES IN SCHEMA %2$I GRANT USAGE, SELECT ON SEQUENCES TO %1$I', role, schema)
           AS grant_sequences,
       format('REVOKE ALL ON schema_migrations FROM %1$I', role) AS hide_ledger
FROM (SELECT $1::text AS role, $2::text AS schema) AS app
"""

log = get_logger(__name__)


class MigrationError(Exception):
    """The files and the database's ledger disagree, or the lock could not be had."""


@dataclass(frozen=True, slots=True)
class Migration:
    component: str
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def transactional(self) -> bool:
        return not self.sql.startswith("-- no-transaction")


def load(package: str) -> list[Migration]:
    """The package's `migrations/NNNN_name.sql` in order; MigrationError on a gap, a duplicate or an odd name."""
    folder = importlib.resources.files(package) / "migrations"
    found = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not entry.name.endswith(".sql"):
            continue
        match = _NAME.fullmatch(entry.name)
        if match is None:
            raise MigrationError(f"{package}: {entry.name} is not named NNNN_name.sql")
        found.append(Migration(package, int(match[1]), entry.name, entry.read_text(encoding="utf-8")))
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise MigrationError(f"{package}: migrations are not numbered 0001, 0002, …")
    return found


def pending(files: list[Migration], applied: dict[tuple[str, int], str]) -> list[Migration]:
    """What is still to be run; MigrationError if a file that ran was changed since."""
    for migration in files:
        checksum = applied.get((migration.component, migration.number))
        if checksum is not None and checksum != migration.checksum:
            raise MigrationError(f"{migration.component}: {migration.name} was edited after it had been applied")
    return [migration for migration in files if (migration.component, migration.number) not in applied]


async def migrate(
    owner_dsn: str, package: str, *, app_role: str, lock_timeout_s: float = 60, schema: str = "public"
) -> list[str]:
    """Bring a database up to date as its owner: servicekit's tables first, then the package's.

    `app_role` gets SELECT, INSERT, UPDATE and DELETE on every table made from now on; migrations take away
    what it should not have. Returns the names that were applied. Raises MigrationError or asyncpg's errors.

    Another `schema`, which has to exist, gets a whole set of tables of its own; what the files say IN or ON SCHEMA
    public they then say of that one.
    """
    connection = await asyncpg.connect(owner_dsn, timeout=10, server_settings={"search_path": schema})
    try:
        await _lock(connection, lock_timeout_s)
        await connection.execute(_LEDGER)
        statements = await connection.fetchrow(_DEFAULT_PRIVILEGES, app_role, schema)
        if statements is None:
            raise MigrationError("no privileges to set")
        for statement in statements.values():
            await connection.execute(statement)
        rows = await connection.fetch("SELECT component, number, checksum FROM schema_migrations")
        applied = {(row["component"], row["number"]): row["checksum"] for row in rows}
        files = [file for name in dict.fromkeys(("servicekit", package)) for file in load(name)]
        to_run = pending(files, applied)
        for migration in to_run:
            await _apply(connection, migration, schema)
        return [f"{migration.component}/{migration.name}" for migration in to_run]
    finally:
        await connection.close(timeout=5)


async def _lock(connection: "asyncpg.Connection[asyncpg.Record]", timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise MigrationError(f"another migration has held the lock for {timeout_s:.0f} s") from None


async def _apply(connection: "asyncpg.Connection[asyncpg.Record]", migration: Migration, schema: str) -> None:
    async def run() -> None:
        await connection.execute(_SCHEMA.sub(rf"\1 SCHEMA {schema}", migration.sql))
        await connection.execute(
            "INSERT INTO schema_migrations (component, number, name, checksum) VALUES ($1, $2, $3, $4)",
            migration.component,
            migration.number,
            migration.name,
            migration.checksum,
        )

    log.info("migrating", migration=migration.name, component=migration.component)
    if migration.transactional:
        async with connection.transaction():
            await connection.execute("SET LOCAL lock_timeout = '5s'")
            await run()
    else:
        await run()


def main() -> None:
    """`python -m servicekit.migrate PACKAGE APP_ROLE OWNER_URL`."""
    if len(sys.argv) != 4:
        sys.exit("usage: python -m servicekit.migrate PACKAGE APP_ROLE OWNER_URL")
    package, app_role, owner_dsn = sys.argv[1:]
    configure_logging("migrate", fmt="console")
    applied = asyncio.run(migrate(owner_dsn, package, app_role=app_role))
    log.info("up to date", package=package, applied=len(applied))


if __name__ == "__main__":
    main()
