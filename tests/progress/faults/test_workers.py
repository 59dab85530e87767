"""Workers are killed, frozen, and come and go, while learners watch: every second counts once, and is told once."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from contracts import topics
from progress_service.settings import WorkerSettings
from progress_service.worker import create_worker
from servicekit.database import Pool
from servicekit.kafka import ensure_topics
from servicekit.outbox import message_of
from servicekit.producer import Producer
from tests.databases import Database
from tests.progress.faults import watched
from tests.progress.faults.processes import processes
from tests.progress.making import watching
from tests.proxy import proxy
from tests.servicekit import kit

KILLS = int(os.environ.get("FAULTS_KILLS", "12"))
SESSION_TIMEOUT_S = 6
DATABASE_DOWN_S = float(os.environ.get("FAULTS_DATABASE_DOWN_S", "10"))
LEARNERS = [f"learner{number}" for number in range(40)]


@pytest.fixture
def settings(database: Database, kafka_bootstrap: str, topic_prefix: str) -> WorkerSettings:
    return WorkerSettings(
        database_url=database.worker_url,
        kafka_bootstrap_servers=kafka_bootstrap,
        kafka_topic_prefix=topic_prefix,
        kafka_session_timeout_ms=SESSION_TIMEOUT_S * 1000,
    )


@pytest.fixture
async def producer(settings: WorkerSettings) -> AsyncIterator[Producer]:
    async with Producer(settings, service="test") as connected:
        await connected.wait_connected(60)
        yield connected


@pytest.fixture
def rng() -> random.Random:
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    return random.Random(seed)


@pytest.mark.timeout(600)
async def test_twelve_killed_workers_and_a_zombie(
    settings: WorkerSettings, producer: Producer, worker_pool: Pool, rng: random.Random
) -> None:
    """Rows D9, D10, G4: two workers, one after the other killed with -9 twelve times while records come; then one is
    frozen for longer than its session, the other takes over, and the zombie wakes: nobody has a second more or less."""
    requests = watched.reports(LEARNERS, rng)
    pieces = [requests[number :: KILLS + 2] for number in range(KILLS + 2)]
    async with processes(settings, 2) as workers:
        await ensure_topics(settings, [topics.WATCH_PROGRESS, topics.LESSON_CHANGED, topics.COURSE_CHANGED])
        await watched.teach(producer, worker_pool)
        for number in range(KILLS):
            sending = asyncio.create_task(watched.send(producer, pieces[number]))
            await asyncio.sleep(rng.uniform(0, 0.3))
            await workers[number % 2].kill()
            await workers[number % 2].start()
            await sending
        sent = sum(len(piece) for piece in pieces[:KILLS])
        await watched.all_folded(settings, sent)
        zombie, _ = workers
        await watched.send(producer, pieces[KILLS][::2])
        zombie.signal(signal.SIGSTOP)
        await watched.send(producer, pieces[KILLS][1::2])
        await watched.all_folded(settings, sent + len(pieces[KILLS]))
        zombie.signal(signal.SIGCONT)
        await watched.send(producer, pieces[KILLS + 1])
        await watched.all_folded(settings, len(requests))
        await watched.assert_exact(worker_pool, settings, LEARNERS)


@pytest.mark.timeout(600)
async def test_workers_that_come_and_go_without_their_database(
    settings: WorkerSettings, producer: Producer, worker_pool: Pool, rng: random.Random
) -> None:
    """Rows D10, G4: four workers join and leave in any order, and PostgreSQL is away for ten seconds of it."""
    requests = watched.reports(LEARNERS, rng)
    pieces = [requests[number::10] for number in range(10)]
    address = settings.database_url.rpartition("@")[2].partition("/")[0]
    host, _, port = address.partition(":")
    async with proxy(host, int(port)) as wire, AsyncExitStack() as stack:
        through = settings.model_copy(update={"database_url": kit.through(settings.database_url, wire.port)})
        stacks = [await stack.enter_async_context(AsyncExitStack()) for _ in range(4)]
        for one in stacks:
            worker = await one.enter_async_context(create_worker(through))
            await asyncio.wait_for(worker.consuming.wait(), 60)
        await watched.teach(producer, worker_pool)
        for number, piece in enumerate(pieces):
            if number == 4:
                wire.refusing = True
                wire.cut()
                away = asyncio.get_running_loop().time()
            if number == 7:
                left = DATABASE_DOWN_S - (asyncio.get_running_loop().time() - away)
                await asyncio.sleep(max(0.0, left))
                wire.refusing = False
            await watched.send(producer, piece)
            if number < 4 or number >= 7:
                leaver = stacks[number % 4]
                await leaver.aclose()
                await leaver.enter_async_context(create_worker(through))
        await watched.all_folded(settings, len(requests))
        await watched.assert_exact(worker_pool, settings, LEARNERS)


POISON: dict[str, bytes] = {
    "empty": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"learner_id": "\xff\xfe"}',
    "another shape": b"[1, 2]",
    "null": b"null",
    "missing fields": b'{"learner_id": "ada"}',
    "wrong types": b'{"learner_id": 1, "beats": "x"}',
    "deeply nested": b"[" * 3000,
    "a number beyond all": watching(10_000).to_json().replace(b'"seq":0', b'"seq":1' + b"0" * 400),
    "a NUL": watching(10_000).to_json().replace(b'"ada"', b'"a\\u0000da"'),
    "half a character": watching(10_000).to_json().replace(b'"ada"', b'"\\ud800"'),
    "beyond the column": watching(10_000, learner_id="eve", duration_ms=2**40).to_json(),
}


@pytest.mark.timeout(600)
async def test_poison_of_every_kind_goes_aside(
    settings: WorkerSettings, producer: Producer, worker_pool: Pool, rng: random.Random
) -> None:
    """Row G3: each kind is a dead letter once, with its bytes; tombstones pass; all that stood around it counts."""
    requests = watched.reports(LEARNERS[:4], rng)
    topic = f"{settings.kafka_topic_prefix}watch.progress"
    async with create_worker(settings) as worker:
        await asyncio.wait_for(worker.consuming.wait(), 60)
        await watched.teach(producer, worker_pool)
        raw = await kit.raw_producer(settings)
        try:
            records = [message_of(one).value for one in requests]
            keys = [one.key.encode() for one in requests]
            for number, (key, value) in enumerate(zip(keys, records, strict=True)):
                await raw.send_and_wait(topic, value, key=key)
                if number < len(POISON):
                    await raw.send_and_wait(topic, list(POISON.values())[number], key=key)
                if number == 3:
                    await raw.send_and_wait(topic, None, key=key)
        finally:
            await raw.stop()
        await watched.all_folded(settings, len(requests) + len(POISON) + 1)
        await watched.assert_exact(worker_pool, settings, LEARNERS[:4])
    dead = [record.value for record in await kit.read_all(settings, "watch.progress.dlq")]
    assert sorted(dead) == sorted(POISON.values())
