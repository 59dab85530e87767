from collections.abc import AsyncIterator, Callable

import pytest

from servicekit import database
from servicekit.database import Pool
from tests.databases import Database


@pytest.fixture
def analytics_database(make_database: Callable[[str], Database]) -> Database:
    return make_database("analytics")


@pytest.fixture
async def pool(analytics_database: Database) -> AsyncIterator[Pool]:
    """Connections of the worker's role, opened beforehand so that a busy machine is not taken for an outage."""
    opened = await database.create_pool(analytics_database.worker_url, application_name="tests", max_size=4)
    for connection in [await opened.acquire(timeout=60) for _ in range(4)]:
        await opened.release(connection)
    yield opened
    await opened.close()
