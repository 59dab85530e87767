"""What analytics costs to read and to keep: the curve of a lesson, events counted, and how soon a beat is visible.

The curve is asked of the API as an owner asks, with the application in this process. Events are `progress.advanced` in
Kafka, counted by the worker as it is deployed, against the plain way: an UPDATE of the lesson's row for each event, its
own commit, which knows neither learners nor views nor a curve, and does not notice what comes twice. Beats are records
of `watch.progress`, ten each, that go through the progress worker, its outbox, Kafka and the analytics worker; a probe
among them is visible once the API's tables have it. PostgreSQL syncs its commits. The sums are checked afterwards.
"""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx
from aiokafka import AIOKafkaProducer
from rich.console import Console

from analytics_service.app import create_app
from analytics_service.settings import Settings
from benchmarks import _consuming, _population, _viewers
from benchmarks._servers import process, syncing
from contracts import topics
from devstack.ports import free_port
from servicekit import database, kafka
from servicekit.auth import issue_token
from servicekit.settings import CommonSettings
from tests.databases import Database, Postgres
from tests.infra import Infra

DESCRIPTION = "a curve of a million viewers, events counted against an UPDATE each, and from beat to visible"
AIMS = {"under_50_ms": 1.0, "under_2_s": 1.0, "ours_to_update": 50.0, "large_to_small": 0.8}

SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "10000 100000 1000000").split()]
EVENTS = int(os.environ.get("BENCH_EVENTS", "50000"))
BEATS_PER_S, SECONDS = int(os.environ.get("BENCH_BEATS_PER_S", "5000")), int(os.environ.get("BENCH_SECONDS", "20"))
UPDATES, READS, EVERY_NTH = 2_000, 40, 25
SECRET = "a secret of the benchmarks that is long enough to sign with"

_PLAIN = """
UPDATE plain SET events = events + 1, watched_ms = watched_ms + $2, spent_ms = spent_ms + $3 WHERE lesson_id = $1
"""
_SIZES = """
SELECT sum(size) FILTER (WHERE personal)::float8 AS people, sum(size) FILTER (WHERE NOT personal)::float8 AS lessons
FROM (
    SELECT pg_total_relation_size(oid) AS size, relname IN ('learner_lessons', 'watch_sessions') AS personal
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
) tables
"""


@dataclass(frozen=True)
class Kept:
    """A lesson with so many viewers: time to read its curve (ms), events/s and what one takes, megabytes."""

    read_ms: float
    worst_ms: float
    filtered_ms: float
    events_per_s: float
    cpu_us: float
    people_mb: float
    lessons_mb: float


async def run(infra: Infra) -> tuple[dict[str, float], dict[str, float]]:
    """Returns what each size took and the plain way, and the ratios."""
    console, kept = Console(stderr=True), dict[int, Kept]()
    with ExitStack() as stack:
        postgres = syncing(infra, stack)
        update = await _plain(postgres, stack)
        console.print(f"an UPDATE for each event: {update:,.0f}/s")
        for size in SIZES:
            kept[size] = await _measure(infra.kafka_bootstrap, postgres, stack, size)
            console.print(f"{size:,} viewers: {kept[size]}")
        delays = await _visible(infra.kafka_bootstrap, postgres, stack)
        console.print(f"beat to visible, {len(delays)} probes: median {statistics.median(delays):.2f} s")
    return _reckoned(kept, update, delays)


async def _plain(postgres: Postgres, stack: ExitStack) -> float:
    """UPDATEs a second of one connection, over the five lessons in turn."""
    db = await asyncio.to_thread(postgres.create, "analytics", migrated=False)
    stack.callback(postgres.drop, db)
    pool = await database.create_pool(db.owner_url, application_name="bench", max_size=1)
    try:
        async with pool.acquire() as conn:
            await conn.execute(
                "CREATE TABLE plain (lesson_id text PRIMARY KEY, events bigint, watched_ms bigint, spent_ms bigint) "
                "WITH (fillfactor = 50)"
            )
            await conn.execute("INSERT INTO plain SELECT 'lesson-' || n, 0, 0, 0 FROM generate_series(0, 4) n")
            update = await conn.prepare(_PLAIN)
            started = time.perf_counter()
            for number in range(UPDATES):
                await update.fetch(f"lesson-{number % 5}", 10_000, 10_000)
            return UPDATES / (time.perf_counter() - started)
    finally:
        await pool.close()


async def _measure(bootstrap: str, postgres: Postgres, stack: ExitStack, size: int) -> Kept:
    db = await asyncio.to_thread(postgres.create, "analytics", migrated=True)
    stack.callback(postgres.drop, db)
    admin = postgres.admin_url.rpartition("/")[0] + f"/{db.name}"
    await _viewers.build(admin, size)
    times = await _reads(db, "")
    filtered = await _reads(db, "?from=2026-01-01&to=2026-01-20", reads=3)
    events_per_s, cpu_us = await _counted(bootstrap, db, size)
    pool = await database.create_pool(admin, application_name="bench", max_size=1)
    try:
        row = await pool.fetchrow(_SIZES)
        counted = await pool.fetchval("SELECT sum(covered_ms + replayed_ms) FROM lesson_totals")
        rows = await pool.fetchval("SELECT sum(covered_ms + replayed_ms) FROM learner_lessons")
    finally:
        await pool.close()
    if row is None or counted != rows:
        raise RuntimeError(f"the lesson has {counted} ms and its learners {rows}")
    return Kept(
        read_ms=statistics.median(times),
        worst_ms=max(times),
        filtered_ms=statistics.median(filtered),
        events_per_s=events_per_s,
        cpu_us=cpu_us,
        people_mb=row["people"] / 1e6,
        lessons_mb=row["lessons"] / 1e6,
    )


async def _reads(db: Database, query: str, *, reads: int = READS) -> list[float]:
    """Milliseconds of each answer with the lesson's curve, after the first."""
    app = create_app(Settings(database_url=db.app_url, auth_jwt_secret=SECRET))
    headers = {"Authorization": f"Bearer {issue_token(SECRET, _viewers.OWNER, 'instructor')}"}
    times = []
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench", timeout=60) as http,
    ):
        for _ in range(reads + 1):
            started = time.perf_counter()
            response = await http.get(f"/api/analytics/lessons/{_viewers.LESSON}{query}", headers=headers)
            times.append((time.perf_counter() - started) * 1000)
            if response.status_code != 200:
                raise RuntimeError(response.text)
    return times[1:]


async def _counted(bootstrap: str, db: Database, size: int) -> tuple[float, float]:
    """Events/s that the worker takes from Kafka into the tables, and its processor time for each (µs)."""
    prefix = f"{db.name}."
    await _topics(bootstrap, prefix)
    name = prefix + topics.PROGRESS_ADVANCED.name
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5) as producer:
        for event in _viewers.credits(size, EVENTS):
            await producer.send(name, event.to_json(), key=event.key.encode())
    async with _worker("analytics", bootstrap, prefix, db) as pid:
        return await _consuming.rate(bootstrap, f"{prefix}analytics.{topics.PROGRESS_ADVANCED.name}", EVENTS, pid)


async def _visible(bootstrap: str, postgres: Postgres, stack: ExitStack) -> list[float]:
    """Seconds from when a probe's beats went to Kafka until analytics had counted them, at the rate wanted."""
    dbs = {}
    for service in ("progress", "analytics"):
        dbs[service] = await asyncio.to_thread(postgres.create, service, migrated=True)
        stack.callback(postgres.drop, dbs[service])
    server = postgres.admin_url.rpartition("/")[0]
    await _population.build(f"{server}/{dbs['progress'].name}", SIZES[0])
    prefix = f"{dbs['progress'].name}."
    await _topics(bootstrap, prefix)
    async with AsyncExitStack() as running:
        for service, db in dbs.items():
            await running.enter_async_context(_worker(service, bootstrap, prefix, db))
        pool = await database.create_pool(
            f"{server}/{dbs['analytics'].name}", application_name="bench", max_size=1, command_timeout=60
        )
        running.push_async_callback(pool.close)
        producer = await running.enter_async_context(
            AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5)
        )
        return await _probed(producer, prefix + topics.WATCH_PROGRESS.name, pool)


async def _probed(producer: AIOKafkaProducer, topic: str, pool: database.Pool) -> list[float]:
    waiting: dict[str, float] = {}
    delays: list[float] = []
    sent = asyncio.Event()

    async def watch() -> None:
        while waiting or not sent.is_set():
            rows = await pool.fetch(
                "SELECT learner_id FROM learner_lessons WHERE learner_id = ANY($1::text[]) AND spent_ms > 0",
                list(waiting),
            )
            now = time.perf_counter()
            delays.extend(now - waiting.pop(row["learner_id"]) for row in rows)
            await asyncio.sleep(0.02)

    count, pause_s = BEATS_PER_S * SECONDS // _population.BEATS_EACH, _population.BEATS_EACH / BEATS_PER_S
    async with asyncio.timeout(_consuming.TIMEOUT_S), asyncio.TaskGroup() as group:
        group.create_task(watch())
        started = time.perf_counter()
        for number, request in enumerate(_population.requests(SIZES[0], count)):
            await asyncio.sleep(max(0.0, started + number * pause_s - time.perf_counter()))
            shown = request
            if number % EVERY_NTH == 0:
                shown = _population.Request(f"probe-{number}", "lesson-0", request.session, 0)
                waiting[shown.key] = time.perf_counter()
            await producer.send(topic, shown.value, key=shown.key.encode())
        sent.set()
    return delays


async def _topics(bootstrap: str, prefix: str) -> None:
    settings = CommonSettings(kafka_bootstrap_servers=bootstrap, kafka_topic_prefix=prefix)
    await kafka.ensure_topics(settings, topics.all_topics())


@asynccontextmanager
async def _worker(service: str, bootstrap: str, prefix: str, db: Database) -> AsyncIterator[int]:
    """The process id of the service's worker, deployed as ever, with nothing that it could ask outside."""
    port = free_port()
    env = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "KAFKA_TOPIC_PREFIX": prefix,
        f"DATABASE_URL_{service.upper()}_WORKER": db.worker_url,
        "WORKER_HEALTH_PORT": str(port),
        "MUX_TOKEN_ID": "",
    }
    async with process([sys.executable, "-m", f"{service}_service.worker"], env, port) as pid:
        yield pid


def _reckoned(kept: dict[int, Kept], update: float, delays: list[float]) -> tuple[dict[str, float], dict[str, float]]:
    p95 = statistics.quantiles(delays, n=20)[-1]
    figures = {
        "updates_per_s": round(update),
        "visible_median_s": round(statistics.median(delays), 3),
        "visible_p95_s": round(p95, 3),
        "visible_worst_s": round(max(delays), 3),
    }
    for size, found in kept.items():
        figures |= {
            f"curve_{size}_median_ms": round(found.read_ms, 1),
            f"curve_{size}_worst_ms": round(found.worst_ms, 1),
            f"filtered_{size}_median_ms": round(found.filtered_ms, 1),
            f"events_{size}_per_s": round(found.events_per_s),
            f"events_{size}_cpu_us": round(found.cpu_us, 1),
            f"people_{size}_mb": round(found.people_mb, 1),
            f"lessons_{size}_mb": round(found.lessons_mb, 1),
        }
    small, large = kept[SIZES[0]], kept[SIZES[-1]]
    return figures, {
        "under_50_ms": round(50 / large.read_ms, 2),
        "under_2_s": round(2 / p95, 2),
        "ours_to_update": round(small.events_per_s / update, 1),
        "large_to_small": round(large.events_per_s / small.events_per_s, 2),
    }
