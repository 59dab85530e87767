"""Where somebody's name stands in a database, in whichever table and column, as one sees it who sees everything."""

from urllib.parse import urlsplit

from tests.databases import Database, Postgres


def tables_that_name(postgres: Postgres, database: Database, somebody: str) -> set[str]:
    """The tables of which any row, in any column, has the name in it as a word."""
    admin = urlsplit(postgres.admin_url)._replace(path=f"/{database.name}").geturl()
    tables = postgres.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", url=admin).split()
    searches = [
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table} t WHERE t::text ~ '\\m{somebody}\\M')" for table in tables
    ]
    return set(postgres.sql(" UNION ALL ".join(searches), url=admin).split())
