"""Two schemas of the same migrations: the one that serves and the one that is built, and how they change places.

Statements with names in them are written by PostgreSQL's format(), which quotes them.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from graphlib import TopologicalSorter
from uuid import UUID

from servicekit.database import Connection

SERVING, BUILDING, REPLACED = "public", "seatime_rebuild", "seatime_replaced"
KEEP = "rebuild: keep"
"""A table whose comment begins so is no read model of the log: it is taken over as it is. All others are built."""
_KEPT_OF_SERVICEKIT = ("outbox", "inbox")
_LEDGER = "schema_migrations"
_LOCK = 0x5EA7B17D


@dataclass(frozen=True, slots=True)
class Applied:
    """Up to where the serving tables have a partition."""

    topic: str
    topic_id: UUID
    partition: int
    next_offset: int


async def try_lock(conn: Connection) -> bool:
    """Whether this session is the only one that rebuilds, until it ends."""
    locked: bool = await conn.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK)
    return locked


async def create(conn: Connection) -> None:
    """An empty schema to build in, instead of whatever an earlier run has left."""
    await drop(conn, BUILDING)
    await conn.execute(await conn.fetchval("SELECT format('CREATE SCHEMA %I', $1::text)", BUILDING))


async def drop(conn: Connection, schema: str) -> None:
    """Raises LockNotAvailableError while somebody reads it."""
    await conn.execute("SELECT set_config('lock_timeout', '10s', false)")
    await conn.execute(await conn.fetchval("SELECT format('DROP SCHEMA IF EXISTS %I CASCADE', $1::text)", schema))


async def applied(conn: Connection) -> list[Applied]:
    rows = await conn.fetch("SELECT topic, topic_id, partition, next_offset FROM public.applied_offsets")
    return [Applied(**row) for row in rows]


async def strangers(conn: Connection) -> list[str]:
    """What is in the serving schema and of no migration: it would go with the old tables."""
    rows = await conn.fetch(
        """
        SELECT 'extension ' || extname AS what FROM pg_extension WHERE extnamespace = $1::text::regnamespace
        UNION ALL
        SELECT 'table ' || relname FROM pg_class
        WHERE relnamespace = $1::text::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') AND relname NOT IN (
            SELECT relname FROM pg_class WHERE relnamespace = $2::text::regnamespace)
        ORDER BY 1
        """,
        SERVING,
        BUILDING,
    )
    return [row["what"] for row in rows]


async def kept_tables(conn: Connection) -> list[str]:
    """Tables that are taken over, each after those that it refers to."""
    rows = await conn.fetch(
        """
        SELECT c.relname AS name,
               ARRAY(SELECT r.relname::text FROM pg_constraint f JOIN pg_class r ON r.oid = f.confrelid
                     WHERE f.conrelid = c.oid AND f.contype = 'f' AND r.oid <> c.oid) AS refers_to
        FROM pg_class c
        WHERE c.relnamespace = $1::text::regnamespace AND c.relkind = 'r'
          AND (starts_with(obj_description(c.oid, 'pg_class'), $2) OR c.relname = ANY($3::text[]))
        ORDER BY 1
        """,
        BUILDING,
        KEEP,
        _KEPT_OF_SERVICEKIT,
    )
    names = {row["name"] for row in rows}
    return list(TopologicalSorter({row["name"]: names.intersection(row["refers_to"]) for row in rows}).static_order())


async def take_over(conn: Connection, tables: Collection[str]) -> None:
    """Give the kept tables of the new schema the rows and counters that the serving ones have, and nothing else."""
    await _run(conn, await conn.fetchval(_EMPTY, BUILDING, list(tables)))
    rows = await conn.fetch(_COPIES, SERVING, BUILDING, list(tables))
    for row in rows:
        await _run(conn, row["statements"])


_EMPTY = """
    SELECT ARRAY['TRUNCATE ' || string_agg(format('%I.%I', $1::text, name), ', ')] FROM unnest($2::text[]) AS name
"""

# The owner sees all rows of a table only where row-level security is not forced on it; it is forced again at once.
_COPIES = """
    SELECT (CASE WHEN c.relforcerowsecurity THEN ARRAY[
                format('ALTER TABLE %I.%I NO FORCE ROW LEVEL SECURITY', $1::text, name),
                format('ALTER TABLE %I.%I NO FORCE ROW LEVEL SECURITY', $2::text, name)] ELSE '{}'::text[] END
         || format('INSERT INTO %1$I.%3$I (%4$s) OVERRIDING SYSTEM VALUE SELECT %4$s FROM %2$I.%3$I',
                   $2::text, $1::text, name, a.columns)
         || a.counters
         || CASE WHEN c.relforcerowsecurity THEN ARRAY[
                format('ALTER TABLE %I.%I FORCE ROW LEVEL SECURITY', $1::text, name),
                format('ALTER TABLE %I.%I FORCE ROW LEVEL SECURITY', $2::text, name)] ELSE '{}'::text[] END
           ) AS statements
    FROM unnest($3::text[]) WITH ORDINALITY AS k(name, ordinal)
    JOIN pg_class c ON c.relname = name AND c.relnamespace = $2::text::regnamespace
    CROSS JOIN LATERAL (
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FILTER (WHERE attgenerated = '') AS columns,
               array_agg(format('SELECT setval(%L, last_value, is_called) FROM %s',
                                pg_get_serial_sequence(format('%I.%I', $2::text, name), attname),
                                pg_get_serial_sequence(format('%I.%I', $1::text, name), attname)))
                   FILTER (WHERE attidentity <> '') AS counters
        FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
    ) a
    ORDER BY ordinal
"""


async def lock_serving(conn: Connection, *, timeout_ms: int) -> None:
    """Let nothing be written to the serving tables until the transaction ends: every batch locks the offsets first.

    Readers go on. Raises LockNotAvailableError after `timeout_ms`.
    """
    await conn.execute("SELECT set_config('lock_timeout', $1, true)", str(timeout_ms))
    await _run(
        conn,
        await conn.fetchval(
            """
            SELECT array_agg(format('LOCK TABLE %I.%I IN EXCLUSIVE MODE', $1::text, relname)
                             ORDER BY relname <> 'applied_offsets', relname)
            FROM pg_class WHERE relnamespace = $1::text::regnamespace AND relkind = 'r'
            """,
            SERVING,
        ),
    )


async def same_migrations(conn: Connection) -> bool:
    """Whether nobody has migrated the serving schema since the other one was made."""
    statement = await conn.fetchval(
        """
        SELECT format('SELECT NOT EXISTS ((SELECT component, number, checksum FROM %1$I.%3$I
                                           EXCEPT SELECT component, number, checksum FROM %2$I.%3$I)
                          UNION ALL (SELECT component, number, checksum FROM %2$I.%3$I
                                           EXCEPT SELECT component, number, checksum FROM %1$I.%3$I))',
                      $1::text, $2::text, $3::text)
        """,
        SERVING,
        BUILDING,
        _LEDGER,
    )
    same: bool = await conn.fetchval(statement)
    return same


async def take_over_grants(conn: Connection) -> None:
    """What roles beyond the migrations' may do with the old schema and its tables, they may do with the new ones."""
    await _run(conn, await conn.fetchval(_GRANTS, SERVING, BUILDING))


_GRANTS = """
    WITH allowed AS (
        SELECT n.nspname AS schema, NULL::name AS name, a.grantee, a.privilege_type, a.is_grantable
        FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname IN ($1::text, $2::text)
        UNION ALL
        SELECT n.nspname, c.relname, a.grantee, a.privilege_type, a.is_grantable
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
        WHERE n.nspname IN ($1::text, $2::text) AND c.relkind IN ('r', 'p', 'v', 'm')
    ), missing AS (
        SELECT name, grantee, privilege_type, is_grantable FROM allowed WHERE schema = $1::text
        EXCEPT SELECT name, grantee, privilege_type, is_grantable FROM allowed WHERE schema = $2::text
    )
    SELECT coalesce(array_agg(format('GRANT %s ON %s TO %s%s', privilege_type,
               CASE WHEN name IS NULL THEN format('SCHEMA %I', $2::text) ELSE format('TABLE %I.%I', $2::text, name) END,
               CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
               CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)), '{}'::text[])
    FROM missing WHERE pg_get_userbyid(grantee) NOT IN (current_user, 'pg_database_owner')
"""


async def change_places(conn: Connection) -> None:
    """Rename both schemas; plans that name a table find the new one when the transaction ends."""
    await _run(
        conn,
        await conn.fetchval(
            """
            SELECT ARRAY[format('ALTER SCHEMA %I RENAME TO %I', $1::text, $3::text),
                         format('ALTER SCHEMA %I RENAME TO %I', $2::text, $1::text)]
            """,
            SERVING,
            BUILDING,
            REPLACED,
        ),
    )


async def _run(conn: Connection, statements: Iterable[str] | None) -> None:
    for statement in statements or ():
        await conn.execute(statement)
