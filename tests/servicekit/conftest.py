"""A database with servicekit's tables and a ledger, and settings that point to the tests' broker."""

from collections.abc import AsyncIterator, Callable

import pytest

from servicekit.settings import CommonSettings
from tests.databases import Database
from tests.servicekit import kit


@pytest.fixture
def settings(kafka_bootstrap: str, topic_prefix: str) -> CommonSettings:
    return kit.settings(kafka_bootstrap, topic_prefix)


@pytest.fixture
async def database(make_database: Callable[..., Database]) -> Database:
    """Of a service without tables of its own: any would do."""
    found = make_database("analytics", migrated=False)
    from servicekit.migrate import migrate

    await migrate(found.owner_url, "servicekit", app_role="analytics_app")
    await kit.execute(found.owner_url, kit.Ledger.DDL)
    return found


@pytest.fixture
async def ledger(database: Database) -> AsyncIterator[kit.Ledger]:
    async with kit.pool_of(database.app_url) as pool:
        yield kit.Ledger(pool)
