from collections.abc import AsyncIterator, Callable

import pytest
import structlog

from servicekit import database
from servicekit.database import Pool
from tests.databases import Database


@pytest.fixture(autouse=True, scope="session")
def _plain_tracebacks() -> None:
    """As the services log: structlog's own way draws local variables, which stops a busy loop for tens of seconds."""
    if not structlog.is_configured():
        plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
        structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])


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
