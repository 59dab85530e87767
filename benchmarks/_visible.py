"""How soon a beat is in a report: from Kafka through progress worker, outbox, Kafka and analytics worker to the API."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import httpx
from aiokafka import AIOKafkaProducer

from analytics_service.app import create_app
from analytics_service.settings import Settings
from benchmarks import _consuming, _population, _viewers
from benchmarks._deployed import create_topics, worker
from benchmarks._servers import cpu_s
from contracts import topics
from servicekit import database
from servicekit.auth import issue_token
from tests.databases import Database, Postgres

EVERY_NTH = 50
SECRET = "a secret of the benchmarks that is long enough to sign with"
_LOOKS_EVERY_S = 0.02


@asynccontextmanager
async def api(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    """The analytics API in this process."""
    app = create_app(Settings(database_url=db.app_url, auth_jwt_secret=SECRET))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench", timeout=60) as http,
    ):
        yield http


def signed_in(user_id: str, role: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token(SECRET, user_id, role)}"}


@dataclass(frozen=True)
class Seen:
    """Seconds from when a probe's beats went to Kafka until the API told of them, and each worker's µs for a beat."""

    delays: list[float]
    cpu_us: dict[str, float]


@dataclass
class _Probes:
    """Learners of whom nothing is known before their request; `waiting` has when (perf_counter) each one's was sent."""

    http: httpx.AsyncClient
    pool: database.Pool
    waiting: dict[str, float] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    sent: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch(self) -> None:
        """Ask for a probe's report once its row is there: the delay ends with the answer that shows it."""
        while self.waiting or not self.sent.is_set():
            rows = await self.pool.fetch(
                "SELECT learner_id FROM learner_lessons WHERE learner_id = ANY($1::text[]) AND spent_ms > 0",
                list(self.waiting),
            )
            for row in rows:
                await self._shown(row["learner_id"])
            await asyncio.sleep(_LOOKS_EVERY_S)

    async def _shown(self, learner_id: str) -> None:
        response = await self.http.get(
            f"/api/analytics/lessons/{_viewers.LESSON}/me", headers=signed_in(learner_id, "student")
        )
        if response.json().get("watchTime", 0) <= 0:
            raise RuntimeError(f"{learner_id} is in the tables and not in the report: {response.text}")
        self.delays.append(time.perf_counter() - self.waiting.pop(learner_id))


async def seen(
    bootstrap: str, postgres: Postgres, stack: ExitStack, *, learners: int, beats_per_s: int, seconds: int
) -> Seen:
    """Send so many beats a second for so long, through workers that have shown one before."""
    dbs = {}
    for service in ("progress", "analytics"):
        dbs[service] = await asyncio.to_thread(postgres.create, service, migrated=True)
        stack.callback(postgres.drop, dbs[service])
    server = postgres.admin_url.rpartition("/")[0]
    await _population.build(f"{server}/{dbs['progress'].name}", learners)
    await _viewers.build(f"{server}/{dbs['analytics'].name}", 1)
    prefix = f"{dbs['progress'].name}."
    await create_topics(bootstrap, prefix)
    async with AsyncExitStack() as running:
        pids = {
            service: await running.enter_async_context(worker(service, bootstrap, prefix, db))
            for service, db in dbs.items()
        }
        pool = await database.create_pool(
            f"{server}/{dbs['analytics'].name}", application_name="bench", max_size=1, command_timeout=60
        )
        running.push_async_callback(pool.close)
        probes = _Probes(await running.enter_async_context(api(dbs["analytics"])), pool)
        producer = await running.enter_async_context(
            AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5)
        )
        pause_s = _population.BEATS_EACH / beats_per_s
        requests = _population.requests(learners, beats_per_s * seconds // _population.BEATS_EACH)
        topic = prefix + topics.WATCH_PROGRESS.name
        async with asyncio.timeout(_consuming.TIMEOUT_S):
            await _through(producer, topic, probes, _population.requests(learners, 1), pause_s)
            probes.delays.clear()
            spent = {service: cpu_s(pid) for service, pid in pids.items()}
            await _through(producer, topic, probes, requests, pause_s)
        beats = beats_per_s * seconds
        return Seen(probes.delays, {s: (cpu_s(pid) - spent[s]) / beats * 1e6 for s, pid in pids.items()})


async def _through(
    producer: AIOKafkaProducer, topic: str, probes: _Probes, requests: Iterator[_population.Request], pause_s: float
) -> None:
    """All of these requests, every so-manieth a probe, until the last probe is visible."""
    probes.sent.clear()
    async with asyncio.TaskGroup() as group:
        group.create_task(probes.watch())
        await _send(producer, topic, probes, requests, pause_s)
        probes.sent.set()


async def _send(
    producer: AIOKafkaProducer, topic: str, probes: _Probes, requests: Iterator[_population.Request], pause_s: float
) -> None:
    started = time.perf_counter()
    for number, request in enumerate(requests):
        await asyncio.sleep(max(0.0, started + number * pause_s - time.perf_counter()))
        shown = request
        if number % EVERY_NTH == 0:
            shown = _population.Request(f"probe-{uuid4().hex}", _viewers.LESSON, request.session, 0)
            probes.waiting[shown.key] = time.perf_counter()
        await producer.send(topic, shown.value, key=shown.key.encode())
