"""A progress database of one test, and pools of its two roles."""

from collections.abc import AsyncIterator, Callable

import pytest

from servicekit.database import Pool, create_pool
from tests.databases import Database


@pytest.fixture
def database(make_database: Callable[[str], Database]) -> Database:
    return make_database("progress")


@pytest.fixture
async def worker_pool(database: Database) -> AsyncIterator[Pool]:
    pool = await create_pool(database.worker_url, application_name="test-worker", max_size=4)
    yield pool
    await pool.close()


@pytest.fixture
async def app_pool(database: Database) -> AsyncIterator[Pool]:
    pool = await create_pool(database.app_url, application_name="test-app", max_size=1)
    yield pool
    await pool.close()
