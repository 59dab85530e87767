"""Webhooks on the running worker: from Kafka to the receiver, through a kill -9. Row F10."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from standardwebhooks.webhooks import Webhook

from analytics_service import budgeting
from analytics_service.settings import WorkerSettings
from contracts import Event
from servicekit.database import Pool
from tests.analytics import hooks, log, test_worker
from tests.analytics.hooks import LOCAL, Clock, attempts, consume, deliveries, registered, send, sender, told
from tests.analytics.receiver import Got, Receiver, receiving, saying
from tests.analytics.test_worker import has_consumed, until, working
from tests.databases import Database, Postgres

producer = test_worker.producer


@pytest.fixture
def settings(analytics_database: Database, kafka_bootstrap: str, topic_prefix: str) -> WorkerSettings:
    return WorkerSettings(
        database_url=analytics_database.worker_url,
        kafka_bootstrap_servers=kafka_bootstrap,
        kafka_topic_prefix=topic_prefix,
        kafka_session_timeout_ms=6_000,
        webhook_poll_s=0.1,
        **LOCAL,
    )


@pytest.fixture
async def api(analytics_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with hooks.administering(analytics_database) as http:
        yield http


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as running:
        yield running


async def test_events_reach_their_receiver_through_the_worker_once(
    pool: Pool, api: httpx.AsyncClient, receiver: Receiver, settings: WorkerSettings, producer: AIOKafkaProducer
) -> None:
    """Row F10: completions and a budget from Kafka, each record there twice; the ids are the events' own."""
    endpoint = await registered(api, receiver.url, "lesson.completed", "course.completed", "budget.exceeded")
    events: list[Event] = [log.completion(), hooks.course_completion()]
    ids = [str(uuid4()) for _ in events]

    async def publish() -> None:
        for event, event_id in zip(events, ids, strict=True):
            name = settings.kafka_topic_prefix + event.topic_name
            headers = [("ce_id", event_id.encode())]
            await producer.send_and_wait(name, event.to_json(), key=event.key.encode(), headers=headers)

    now = datetime.now(UTC)
    watched = log.advanced(watched_at=now, spent_ms=1000, covered=((0, 600_000),), live_ms=600_000)
    await consume(pool, log.logged([log.course(), log.lesson(), watched]))
    await pool.execute("INSERT INTO budgets VALUES ('course:c1', 1, 0.000001, '{1}', 'owner', now())")
    async with working(settings):
        await publish()
        await publish()
        for event in events:
            await until(has_consumed(pool, settings, event.topic_name))
        (exceeded,) = await budgeting.compare(pool, settings, now) or [None]
        assert exceeded is None or exceeded.course_id == "c1", "the worker may have been first"

        async def all_delivered() -> bool:
            return [one["state"] for one in await deliveries(api, endpoint)] == ["delivered"] * 3

        await until(all_delivered)
    by_type = {got.payload["type"]: got for got in receiver.got}
    assert len(receiver.got) == len(by_type) == 3
    assert [by_type[event.topic_name].id for event in events] == ids
    assert by_type["budget.exceeded"].payload["data"]["courseId"] == "c1"
    for got in receiver.got:
        Webhook(endpoint["secret"]).verify(got.body, got.headers)


async def test_whoever_dies_while_sending_has_lost_nothing(
    pool: Pool, api: httpx.AsyncClient, receiver: Receiver, analytics_database: Database
) -> None:
    """Row F10: kill -9 between the sending and the note of it: sent again when the lease is over, under the same id."""
    endpoint = await registered(api, receiver.url)
    await consume(pool, told(log.completion()))
    environment = {
        "DATABASE_URL_ANALYTICS_WORKER": analytics_database.worker_url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "WEBHOOK_SEALING_SECRET": hooks.SEAL,
        "WEBHOOK_LOCAL_RECEIVERS": "true",
        "WEBHOOK_TIMEOUT_S": "30",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "analytics_service.worker",
        env=os.environ | environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )

    async def kill(_: Got) -> Any:
        process.send_signal(signal.SIGKILL)
        await process.wait()
        raise ConnectionResetError

    receiver.answers = [kill]
    try:
        await asyncio.wait_for(process.wait(), 120)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert len(receiver.got) == 1
    (delivery,) = await deliveries(api, endpoint)
    assert (delivery["state"], delivery["attempts"]) == ("pending", 0)

    clock = Clock(datetime.now(UTC))
    working_on = sender(pool, clock)
    assert await send(working_on) == 0, "the lease holds"
    clock.go_on(61)
    assert await send(working_on) == 1
    assert len(receiver.got) == 2
    assert receiver.ids == [delivery["eventId"]] * 2
    assert receiver.got[0].body == receiver.got[1].body
    (delivery,) = await deliveries(api, endpoint)
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 1)


async def test_a_sender_that_was_thought_dead_takes_nothing_back(
    pool: Pool, api: httpx.AsyncClient, receiver: Receiver
) -> None:
    """Row F10: its lease is over and another has delivered; what it notes afterwards is an attempt and nothing more."""
    endpoint = await registered(api, receiver.url)
    await consume(pool, told(log.completion()))
    clock = Clock()
    slow, quick = sender(pool, clock), sender(pool, clock)

    async def late(_: Got) -> Any:
        clock.go_on(3600)
        assert await send(quick) == 1
        raise ConnectionResetError

    receiver.answers = [late]
    await send(slow)
    (delivery,) = await deliveries(api, endpoint)
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 2)
    first, second = await attempts(api, endpoint, delivery["id"])
    assert (first["status"], second["status"]) == (204, 500)
    assert await send(quick) == 0


async def test_a_database_that_goes_away_while_a_receiver_thinks_costs_no_second_sending(
    pool: Pool, api: httpx.AsyncClient, receiver: Receiver, analytics_database: Database, postgres: Postgres
) -> None:
    """Row F10: no transaction is open meanwhile, and the note of the outcome is written when the database is back."""
    endpoint = await registered(api, receiver.url)
    await consume(pool, told(log.completion()))
    others = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"

    async def cut(got: Got) -> Any:
        url = urlsplit(postgres.admin_url)._replace(path=f"/{analytics_database.name}").geturl()
        open_ones = f"SELECT count(*) FROM pg_stat_activity WHERE {others} AND xact_start IS NOT NULL"
        assert await asyncio.to_thread(postgres.sql, open_ones, url=url) == "0"
        await asyncio.to_thread(
            postgres.sql, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}", url=url
        )
        return await saying(200)(got)

    receiver.answers = [cut]
    clock = Clock()
    working_on = sender(pool, clock)
    assert await working_on.turn() == 1
    await working_on.idle()
    clock.go_on(86_400)
    assert await send(working_on) == 0
    assert len(receiver.got) == 1

    async def noted() -> bool:
        (delivery,) = await deliveries(api, endpoint)
        return (delivery["state"], delivery["attempts"]) == ("delivered", 1)

    assert await noted()
