"""What the tests of webhooks share: an API to register at, events of just now, and a sender with a clock of its own."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import httpx
from cryptography.fernet import Fernet

from analytics_service.app import create_app
from analytics_service.settings import Settings, WorkerSettings
from analytics_service.webhooks.sealing import seal_of
from analytics_service.webhooks.sender import Sender
from contracts import CourseCompleted, Event
from servicekit.consumer import Received
from servicekit.database import Pool
from servicekit.outside import Resolve, system_resolver
from tests.analytics import log
from tests.analytics.receiver import Receiver
from tests.analytics.test_api import ADMIN, SECRET
from tests.databases import Database

SEAL = Fernet.generate_key().decode()
LOCAL: dict[str, Any] = {"webhook_sealing_secret": SEAL, "webhook_local_receivers": True}
ROOT = "/api/analytics/webhooks"


@asynccontextmanager
async def administering(
    database: Database, *, resolve: Resolve = system_resolver, **settings: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """The API, asked by an administrator."""
    made = Settings(database_url=database.app_url, auth_jwt_secret=SECRET, **(LOCAL | settings))
    app = create_app(made, resolve=resolve)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://analytics", headers=ADMIN) as http,
    ):
        yield http


async def registered(api: httpx.AsyncClient, url: str, *types: str, **more: Any) -> dict[str, Any]:
    """An endpoint as the answer shows it, with its secret."""
    wanted = {"url": url, "eventTypes": list(types) or ["lesson.completed"], **more}
    response = await api.post(ROOT, json=wanted)
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    return found


async def shown(api: httpx.AsyncClient, endpoint: dict[str, Any]) -> dict[str, Any]:
    response = await api.get(f"{ROOT}/{endpoint['id']}")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def deliveries(api: httpx.AsyncClient, endpoint: dict[str, Any], **asked: Any) -> list[dict[str, Any]]:
    """The log, the oldest first."""
    response = await api.get(f"{ROOT}/{endpoint['id']}/deliveries", params=asked)
    assert response.status_code == 200, response.text
    return list(reversed(response.json()["deliveries"]))


async def attempts(api: httpx.AsyncClient, endpoint: dict[str, Any], delivery_id: int) -> list[dict[str, Any]]:
    response = await api.get(f"{ROOT}/{endpoint['id']}/deliveries/{delivery_id}")
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["log"]
    return found


def course_completion(learner_id: str = "u1") -> CourseCompleted:
    return CourseCompleted(learner_id=learner_id, course_id="c1", verified_ms=61_500, completed_at=log.START)


def told(*events: Event, at: datetime | None = None, first_offset: int = 0) -> list[Received[Any]]:
    """The events as the log has them, written just now, each with an id that stays the same, as progress has it."""
    return [
        replace(
            received,
            event_id=str(uuid5(NAMESPACE_OID, received.event.model_dump_json())),
            timestamp=at or datetime.now(UTC),
        )
        for received in log.logged(events, first_offset=first_offset)
    ]


async def consume(pool: Pool, received: Sequence[Received[Any]], **more: Any) -> None:
    await log.consume(pool, received, **more)


@dataclass
class Clock:
    """Stands still until it is told to go on.

    So far ahead that whatever is written meanwhile is due, on a slow machine too, and no farther than what verifies
    signatures tolerates.
    """

    now: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(seconds=200))

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def sender(pool: Pool, clock: Clock, *, resolve: Resolve = system_resolver, **settings: Any) -> Sender:
    """A sender without jitter, that looks at that clock."""
    made = WorkerSettings(database_url="postgresql://nowhere", **(LOCAL | settings))
    return Sender(pool, made, seal_of(made), resolve=resolve, clock=clock, chance=lambda: 0.5)


async def send(sender: Sender) -> int:
    """Everything that is due by now, once, to the end. Returns how many attempts that took."""
    count = 0
    while begun := await sender.turn():
        count += begun
        await sender.idle()
    return count


def lesson(receiver: Receiver, at: int = 0) -> dict[str, Any]:
    """The data of a request."""
    data: dict[str, Any] = receiver.got[at].payload["data"]
    return data
