"""While Kafka is away: reports are kept in PostgreSQL, and reach the ledger once it is back."""

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer
from fastapi import FastAPI

from contracts import WatchProgress, topics
from devstack.kafka import KafkaBroker
from progress_service.app import create_app
from progress_service.settings import WorkerSettings
from progress_service.worker import create_worker
from servicekit import kafka
from servicekit.database import Pool
from tests.databases import Database
from tests.polling import SLACK_S, within
from tests.progress.calling import NOWHERE, client_of, settings_for
from tests.progress.granting import grant
from tests.progress.test_api import body, records, slug
from tests.service_settings import worker_settings
from tests.servicekit.kit import until


@pytest.fixture
async def deaf_api(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an API that has a database and no Kafka."""
    app = create_app(settings_for(database, NOWHERE))
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


async def all_records(bootstrap: str, topic: str) -> list[bytes]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        found: list[bytes] = []
        for partition, end in ends.items():
            while await consumer.position(partition) < end:
                found += [record.value for record in (await consumer.getmany(partition, timeout_ms=5_000))[partition]]
        return found
    finally:
        await consumer.stop()


async def spooled(pool: Pool) -> list[WatchProgress]:
    rows = await pool.fetch("SELECT payload FROM outbox WHERE topic = 'watch.progress' ORDER BY id")
    return [WatchProgress.model_validate_json(row["payload"]) for row in rows]


async def test_without_kafka_a_report_is_kept_and_acknowledged(deaf_api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row G10: a 202 is durable while either store is up, and readiness says what is missing without turning red."""
    with within(3):
        response = await deaf_api.post("/api/progress", json=body(grant(sub="bob")))
    assert response.status_code == 202, response.text
    assert [event.learner_id for event in await spooled(worker_pool)] == ["bob"]
    ready = await deaf_api.get("/health/ready")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert "reports are kept in PostgreSQL" in ready.json()["checks"]["kafka"]


async def test_without_kafka_and_postgresql_the_client_keeps_its_beats() -> None:
    """Both stores away is a 503 with Retry-After, within four seconds."""
    nowhere = Database("nowhere", "", f"postgresql://u:p@{NOWHERE}/none", "")
    app = create_app(settings_for(nowhere, NOWHERE))
    async with app.router.lifespan_context(app), client_of(app) as client:
        with within(4):
            response = await client.post("/api/progress", json=body())
        assert slug(response) == (503, "database-unavailable")
        assert int(response.headers["retry-after"]) >= 1


async def test_what_was_kept_reaches_the_ledger_in_order(
    database: Database,
    deaf_api: httpx.AsyncClient,
    worker_pool: Pool,
    kafka_bootstrap: str,
    topic_prefix: str,
) -> None:
    """The worker brings the spool to Kafka, each learner's reports in the order in which they were accepted."""
    session = str(uuid4())
    token = grant(sid=session)
    for seq in range(20):
        now = int(time.time() * 1000)
        beat = {"seq": seq, "since": now - 1000, "at": now, "position": seq, "watched_segments": [[seq, seq + 1]]}
        assert (await deaf_api.post("/api/progress", json=body(token, beats=[beat]))).status_code == 202
    settings = worker_settings(
        "progress", database_url=database.worker_url, bootstrap=kafka_bootstrap, prefix=topic_prefix
    )
    assert isinstance(settings, WorkerSettings)
    async with create_worker(settings):
        found = await records(kafka_bootstrap, topic_prefix + topics.WATCH_PROGRESS.name, 20)
        assert [WatchProgress.model_validate_json(raw).beats[0].seq for raw in found] == list(range(20))
        judged = "SELECT seqs = int4multirange(int4range(0, 20)) FROM watch_sessions WHERE session_id = $1"
        await until(lambda: worker_pool.fetchval(judged, session))
    assert await spooled(worker_pool) == []


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[KafkaBroker]:
    """A broker of this test's own, whose process is in its hands."""
    broker = KafkaBroker(tmp_path / "kafka", heap_mb=256)
    broker.start()
    broker.wait_ready()
    yield broker
    broker.kill()


def _signal(broker: KafkaBroker, number: signal.Signals) -> None:
    assert broker.child is not None
    assert broker.child.pid is not None
    os.kill(broker.child.pid, number)


async def test_a_log_that_stops_answering_costs_few_their_patience(
    database: Database, worker_pool: Pool, broker: KafkaBroker
) -> None:
    """Kafka frozen: whoever was under way waits two seconds, the next are kept at once; thawed, it takes over again."""
    settings = settings_for(database, broker.bootstrap)
    await kafka.ensure_topics(settings, [topics.WATCH_PROGRESS])
    app, session = create_app(settings), str(uuid4())
    token, sent = grant(sid=session), list[int]()

    async def report(client: httpx.AsyncClient) -> float:
        now, seq, started = int(time.time() * 1000), len(sent), time.monotonic()
        sent.append(seq)
        beat = {"seq": seq, "since": now - 1000, "at": now, "position": seq, "watched_segments": [[seq, seq + 1]]}
        response = await client.post("/api/progress", json=body(token, beats=[beat]))
        assert response.status_code == 202, response.text
        return time.monotonic() - started

    async with app.router.lifespan_context(app), client_of(app) as client:
        await app.state.producer.wait_connected(60)
        await report(client)
        _signal(broker, signal.SIGSTOP)
        try:
            under_way = await asyncio.gather(*(report(client) for _ in range(5)))
            after = [await report(client) for _ in range(5)]
        finally:
            _signal(broker, signal.SIGCONT)
        assert app.state.intake.spooling
        await until(lambda: _goes_to_kafka(app, client, report))
    assert max(under_way) < 2 + SLACK_S
    assert min(after) < 2 <= min(under_way), "one at least that did not wait: the machine may keep the others"
    kept = [event.beats[0].seq for event in await spooled(worker_pool)]
    logged = [json.loads(raw)["beats"][0]["seq"] for raw in await all_records(broker.bootstrap, "watch.progress")]
    assert set(kept) | set(logged) == set(sent)
    assert set(sent[6:11]) <= set(kept)


async def _goes_to_kafka(app: FastAPI, client: httpx.AsyncClient, report: Callable[..., Awaitable[float]]) -> bool:
    await report(client)
    return not app.state.intake.spooling


async def test_a_full_spool_says_so(database: Database, worker_pool: Pool) -> None:
    """The disk is not ours to fill: beyond its size the spool refuses, and the client keeps its beats."""
    settings = settings_for(database, NOWHERE).model_copy(update={"spool_max_bytes": 1})
    app = create_app(settings)
    async with app.router.lifespan_context(app), client_of(app) as client:
        response = await client.post("/api/progress", json=body())
    assert slug(response) == (503, "unavailable")
    assert await spooled(worker_pool) == []


async def test_reports_that_come_together_share_commits(deaf_api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """A hundred reports at once are a few transactions, and all are there."""
    answers = await asyncio.gather(*(deaf_api.post("/api/progress", json=body()) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {202}
    kept = await worker_pool.fetch("SELECT xmin::text AS transaction FROM outbox")
    assert len(kept) == 100
    assert len({row["transaction"] for row in kept}) < 30


async def test_the_api_role_adds_reports_to_the_outbox_and_nothing_else(app_pool: Pool) -> None:
    """Whoever has the API's role cannot announce a completion, nor read what others reported."""
    insert = (
        "INSERT INTO outbox (event_id, topic, key, event_type, source, payload) "
        "VALUES (gen_random_uuid(), $1, 'bob', 't', 's', '{}')"
    )
    await app_pool.execute(insert, "watch.progress")
    for topic in ("lesson.completed", "progress.advanced", "course.completed"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app_pool.execute(insert, topic)
    for statement in ("SELECT payload FROM outbox", "DELETE FROM outbox", "UPDATE outbox SET topic = 'x'"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app_pool.execute(statement)
