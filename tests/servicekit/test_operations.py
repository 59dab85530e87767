"""How a service's queues stand, for administrators: outbox, lag, who consumes, dead letters that nobody decided on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from servicekit import outbox
from servicekit.database import Connection, transaction
from servicekit.operations.queues import Waiting
from servicekit.settings import CommonSettings
from tests.databases import Database
from tests.polling import until
from tests.servicekit import kit
from tests.servicekit.kit import Ledger, Ping, working
from tests.servicekit.test_dead_letters import Once, api_of, bury, client_of, consumer, record, strict

HEALTH = "/api/operations/tests/health"


async def nothing_or_two(conn: Connection) -> Sequence[Waiting]:
    return [Waiting("webhooks", int(await conn.fetchval("SELECT 2")), 7.5)]


@pytest.fixture
async def client(settings: CommonSettings, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    api = api_of(settings, database.app_url, waits=nothing_or_two)
    async with api.router.lifespan_context(api), client_of(api) as client:
        yield client


async def told(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get(HEALTH)
    assert answer.status_code == 200, answer.text
    health: dict[str, Any] = answer.json()
    return health


async def test_a_service_that_never_worked_has_nothing_to_tell(client: httpx.AsyncClient) -> None:
    """No topics, no groups: no consumers, and no failure."""
    health = await told(client)
    assert health["ready"]
    assert health["checks"] == {"kafka": "ok"}
    assert health["since"] == {}
    assert health["consumers"] == []
    assert health["waiting"] == [{"name": "webhooks", "count": 2, "oldestSeconds": 7.5}]


async def test_lag_members_and_undecided_letters(
    settings: CommonSettings, client: httpx.AsyncClient, ledger: Ledger
) -> None:
    """Lag is what nobody has committed, also while nobody consumes; letters count until somebody decides."""
    await bury(settings, [record(number) for number in (1, 101, 102)], ledger)
    await kit.send_all(settings, [record(number) for number in (3, 4)])
    assert (await told(client))["consumers"] == [{"topic": "pings", "lag": 2, "members": 0, "deadLetters": 2}]
    await client.post("/api/operations/tests/dead-letters/discard", json={"topic": "pings", "first": 1})
    async with working(settings, consumer(strict, Once(ledger).apply)):

        async def caught_up() -> bool:
            (one,) = (await told(client))["consumers"]
            return bool(one == {"topic": "pings", "lag": 0, "members": 1, "deadLetters": 1})

        await until(caught_up)


async def test_the_outbox_is_counted_by_a_role_that_may_not_read_it(
    client: httpx.AsyncClient, database: Database
) -> None:
    """Figures only: the API's role needs no right to the events that wait."""
    async with kit.pool_of(database.owner_url) as pool:
        async with transaction(pool) as conn:
            await outbox.append(conn, [Ping(number=1), Ping(number=2), Ping(number=3)])
            await conn.execute("UPDATE outbox SET parked_at = $1 WHERE id = 3", datetime.now(UTC))
            await conn.execute("UPDATE outbox SET created_at = now() - interval '1 hour' WHERE id = 1")
        await kit.execute(database.owner_url, "REVOKE ALL ON outbox FROM analytics_app")
        state = (await told(client))["outbox"]
    assert (state["waiting"], state["parked"]) == (2, 1)
    assert 3_600 <= state["oldestSeconds"] < 7_200


async def test_without_its_database_it_still_says_how_it_stands(settings: CommonSettings) -> None:
    """What can't be asked is null, and the check says why."""
    api = api_of(settings, "postgresql://nobody:nothing@127.0.0.1:9/nowhere")
    async with api.router.lifespan_context(api), client_of(api) as client:
        async with asyncio.timeout(60):
            health = await told(client)
        assert health["outbox"] is None
        assert health["waiting"] is None


async def test_since_when_its_broker_is_away(settings: CommonSettings, database: Database) -> None:
    """The first time that it was found so, whoever asks later; a service that is well has nothing to say of it."""
    away = settings.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:9"})
    api = api_of(away, database.app_url)
    async with api.router.lifespan_context(api), client_of(api) as client:
        first, second = await told(client), await told(client)
    assert not first["ready"]
    assert first["consumers"] is None
    assert first["outbox"] is not None
    assert first["since"].keys() == {"kafka"}
    assert second["since"] == first["since"]
