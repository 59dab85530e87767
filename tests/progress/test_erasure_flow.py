"""One learner erased in all services: three workers over real Kafka and PostgreSQL, from the request to the receipt."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

import httpx
import pytest

from contracts import EnrollmentChanged, Event
from progress_service.app import create_app
from progress_service.ledger import epoch_ms
from servicekit.database import Pool
from servicekit.outbox import message_of
from servicekit.producer import Producer
from servicekit.settings import CommonSettings
from tests import service_settings
from tests.databases import Database, Postgres
from tests.naming import tables_that_name
from tests.progress.calling import bearer, client_of, settings_for
from tests.progress.making import T0, course_changed, lesson_changed, watching
from tests.servicekit import kit

ROOT = bearer("root", "admin")
SERVICES = ("progress", "playback", "analytics")


class System:
    """The workers of three services, each over its own database, and the progress API."""

    def __init__(
        self, api: httpx.AsyncClient, databases: dict[str, Database], pools: dict[str, Pool], settings: CommonSettings
    ) -> None:
        self.api, self.databases, self.pools, self.settings = api, databases, pools, settings

    async def publish(self, *events: Event) -> None:
        async with Producer(self.settings, service="tests") as producer:
            await producer.wait_connected(60)
            for event in events:
                await producer.send(message_of(event), timeout=30)

    async def read(self, *topics: str) -> bool:
        """Whether every consumer has committed all that is in these topics."""
        for topic in topics:
            total = len(await kit.read_all(self.settings, topic))
            for service in SERVICES:
                group = f"{service}.{topic}"
                if total and (service, topic) in CONSUMED and await kit.committed(self.settings, group, topic) < total:
                    return False
        return True


KNOWN = {
    "progress": "SELECT EXISTS (SELECT FROM lesson_progress WHERE learner_id = $1) AND NOT EXISTS (SELECT FROM outbox)",
    "playback": "SELECT EXISTS (SELECT FROM enrollments WHERE learner_id = $1) AND NOT EXISTS (SELECT FROM outbox)",
    "analytics": "SELECT EXISTS (SELECT FROM learner_lessons WHERE learner_id = $1 AND completed_at IS NOT NULL) "
    "AND EXISTS (SELECT FROM enrollments WHERE learner_id = $1) "
    "AND EXISTS (SELECT FROM watch_sessions WHERE learner_id = $1)",
}
CONSUMED = {
    ("progress", "watch.progress"),
    ("analytics", "watch.progress"),
    ("analytics", "progress.advanced"),
    ("playback", "progress.advanced"),
    ("playback", "enrollment.changed"),
    ("analytics", "enrollment.changed"),
}


@pytest.fixture
async def system(
    kafka_bootstrap: str, topic_prefix: str, make_database: Callable[..., Database]
) -> AsyncIterator[System]:
    databases = {service: make_database(service) for service in SERVICES}
    async with AsyncExitStack() as stack:
        settings: Any = None
        for service, database in databases.items():
            settings = service_settings.worker_settings(
                service, database_url=database.worker_url, bootstrap=kafka_bootstrap, prefix=topic_prefix
            )
            worker = await stack.enter_async_context(import_module(f"{service}_service.worker").create_worker(settings))
            await kit.until(worker.consuming.is_set, timeout=120)
        app = create_app(settings_for(databases["progress"], kafka_bootstrap, topic_prefix))
        await stack.enter_async_context(app.router.lifespan_context(app))
        pools = {
            service: await stack.enter_async_context(kit.pool_of(database.worker_url))
            for service, database in databases.items()
        }
        yield System(await stack.enter_async_context(client_of(app)), databases, pools, settings)


def enrolled(learner_id: str, at: datetime) -> EnrollmentChanged:
    return EnrollmentChanged(learner_id=learner_id, course_id="c1", version=7, status="active", changed_at=at)


async def test_a_learner_is_erased_everywhere_and_the_receipt_is_complete(system: System, postgres: Postgres) -> None:
    """Row G7: rows in three databases go, tombstones are sent, late records bring nobody back; who returns is new."""

    def names(learner: str) -> dict[str, set[str]]:
        found = {service: tables_that_name(postgres, one, learner) for service, one in system.databases.items()}
        return {service: tables for service, tables in found.items() if tables}

    async def known(learner: str) -> bool:
        """Whether it has come all the way, and nothing waits to be told."""
        return all(
            [bool(await system.pools[service].fetchval(question, learner)) for service, question in KNOWN.items()]
        )

    began = datetime.now(UTC) - timedelta(days=1)
    before = watching(95_000, start=epoch_ms(began) - T0, granted_at_ms=epoch_ms(began),
                      expires_at_ms=epoch_ms(began) + 3_600_000)  # fmt: skip
    await system.publish(course_changed(), lesson_changed(), enrolled("ada", began), enrolled("bob", began))
    await system.publish(before, before.model_copy(update={"learner_id": "bob", "session_id": uuid4()}))
    await kit.until(lambda: known("ada"), timeout=120)
    await kit.until(lambda: known("bob"), timeout=120)
    others = names("bob")

    asked = (await system.api.delete("/api/progress/learners/ada", headers=ROOT)).json()

    async def complete() -> Any:
        receipt = (await system.api.get(f"/api/progress/erasures/{asked['erasureId']}", headers=ROOT)).json()
        return receipt if receipt["complete"] else None

    receipt = await kit.until(complete, timeout=120)
    assert {name: bool(sum(told["rows"].values())) for name, told in receipt["services"].items()} == dict.fromkeys(
        SERVICES, True
    )
    assert names("ada") == {}
    assert names("bob") == others
    tombstones = [
        record for record in await kit.read_all(system.settings, "enrollment.changed") if record.value is None
    ]
    assert [record.key for record in tombstones] == [b"ada/c1"]

    again = before.model_copy(update={"session_id": uuid4()})
    await system.publish(enrolled("ada", began), before, again)
    await kit.until(lambda: system.read("watch.progress", "enrollment.changed", "progress.advanced"), timeout=120)
    assert names("ada") == {}

    later = datetime.now(UTC) + timedelta(minutes=1)
    back = watching(95_000, start=epoch_ms(later) - T0, session_id=uuid4(), granted_at_ms=epoch_ms(later),
                    expires_at_ms=epoch_ms(later) + 3_600_000)  # fmt: skip
    await system.publish(enrolled("ada", later), back)
    await kit.until(lambda: known("ada"), timeout=120)
    assert (await system.api.get("/api/progress/lessons/l1", headers=bearer("ada"))).json()["coverage"] == 0.95
