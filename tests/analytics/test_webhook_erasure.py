"""Webhooks and what is to be forgotten: a learner, what is old, and nothing else, also by a rebuild. Row F10."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from pydantic import SecretStr

from analytics_service.rebuild.rebuilding import RebuildSettings, rebuild
from analytics_service.settings import WorkerSettings
from analytics_service.webhooks import observing
from contracts import LearnerErased, topics
from servicekit.database import Pool
from tests.analytics import hooks, log, test_rebuild
from tests.analytics.hooks import LOCAL, Clock, consume, deliveries, registered, send, sender, told
from tests.analytics.receiver import Got, Receiver, receiving, saying
from tests.analytics.test_api import who
from tests.analytics.test_erasure import HASHING, erasure
from tests.analytics.test_rebuild import Connect, Told, rows
from tests.analytics.test_worker import has_consumed, publish, until, working
from tests.databases import Database, Postgres
from tests.naming import tables_that_name

KEY_OF_TESTS = SecretStr("what the tests hash the erased with, for good")
worker_settings, settings, producer = test_rebuild.worker_settings, test_rebuild.settings, test_rebuild.producer
all_seeing = test_rebuild.all_seeing
WEBHOOKS = ("endpoints", "secrets", "messages", "deliveries", "attempts")


@pytest.fixture
async def api(analytics_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with hooks.administering(analytics_database) as http:
        yield http


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as running:
        yield running


async def erase(pool: Pool, asked: LearnerErased) -> None:
    await consume(pool, log.logged([asked]), hashing=HASHING)


async def test_what_names_the_learner_goes_and_is_never_sent(
    pool: Pool, api: httpx.AsyncClient, receiver: Receiver, analytics_database: Database, postgres: Postgres
) -> None:
    """Rows F10 and G7: delivered, pending, given up, and what the receiver echoed; of others nothing."""
    endpoint = await registered(api, receiver.url, "lesson.completed", "course.completed")
    clock = Clock()
    working_on = sender(pool, clock)
    receiver.answers = [saying(200, "thanks, u1"), saying(200, "thanks, u2")]
    await consume(pool, told(log.completion("u1"), log.completion("u2")))
    assert await send(working_on) == 2
    await consume(pool, told(hooks.course_completion("u1"), hooks.course_completion("u2"), first_offset=100))
    naming = {"webhook_messages", "webhook_attempts"}
    assert naming <= tables_that_name(postgres, analytics_database, "u1")
    await erase(pool, erasure())
    assert tables_that_name(postgres, analytics_database, "u1") == set()
    assert naming <= tables_that_name(postgres, analytics_database, "u2")
    assert [one["state"] for one in await deliveries(api, endpoint)] == ["delivered", "pending"]
    await consume(pool, told(log.completion("u1"), hooks.course_completion("u1"), first_offset=200), hashing=HASHING)
    assert tables_that_name(postgres, analytics_database, "u1") == set(), "told once more"
    assert await send(working_on) == 1
    assert [got.payload["data"]["learnerId"] for got in receiver.got[2:]] == ["u2"]
    confirmed = await pool.fetchval("SELECT payload::jsonb -> 'rows' -> 'webhook_messages' FROM outbox")
    assert confirmed == 2


async def test_what_is_being_sent_while_its_learner_is_erased_leaves_nothing(
    pool: Pool,
    api: httpx.AsyncClient,
    receiver: Receiver,
    analytics_database: Database,
    postgres: Postgres,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Rows F10 and G7: the attempt cannot be taken back; it is neither noted nor repeated."""
    endpoint = await registered(api, receiver.url)
    await consume(pool, told(log.completion("u1")))

    async def erasing(got: Got) -> Any:
        await erase(pool, erasure())
        return await saying(500, "u1 is unknown")(got)

    receiver.answers = [erasing]
    clock = Clock()
    working_on = sender(pool, clock)
    assert await send(working_on) == 1
    clock.go_on(86_400)
    assert await send(working_on) == 0
    assert await deliveries(api, endpoint) == []
    assert tables_that_name(postgres, analytics_database, "u1") == set()
    assert "broke off" not in "".join(capsys.readouterr()), "there is nothing to be alarmed at"


async def test_a_learner_takes_messages_along(pool: Pool, api: httpx.AsyncClient, receiver: Receiver) -> None:
    """Rows F10 and G6: what was told of somebody is shown to that one, and of nobody else."""
    await registered(api, receiver.url)
    await consume(pool, told(log.completion("u1"), log.completion("u2")))
    answer = await api.get("/api/analytics/learners/u1/export", headers=who("u1"))
    (message,) = answer.json()["tables"]["webhook_messages"]
    assert message["learner_id"] == "u1"
    assert "u2" not in answer.text


async def test_the_log_of_deliveries_lets_go_of_what_is_old(
    pool: Pool, api: httpx.AsyncClient, receiver: Receiver
) -> None:
    """Row F10: after its time with its attempts and messages; endpoints and what is younger stay."""
    endpoint = await registered(api, receiver.url)
    former = await registered(api, receiver.url + "?former", "course.completed")
    await api.post(f"{hooks.ROOT}/{endpoint['id']}/secret", json={"overlapSeconds": 0})
    await consume(pool, told(log.completion("u1"), log.completion("u2"), hooks.course_completion("u3")))
    clock = Clock()
    working_on = sender(pool, clock)
    await send(working_on)
    await pool.execute(
        "UPDATE webhook_deliveries SET created_at = created_at - interval '31 days' "
        "WHERE event_id = (SELECT event_id FROM webhook_messages WHERE learner_id = 'u1')"
    )
    await pool.execute("UPDATE webhook_messages SET created_at = created_at - interval '31 days'")
    await api.delete(f"{hooks.ROOT}/{former['id']}")
    assert await observing.clear(pool, working_on.settings, clock.now) == 1
    assert [row[0] for row in await pool.fetch("SELECT learner_id FROM webhook_messages")] == ["u2"]
    assert len(await deliveries(api, endpoint)) == 1
    assert await pool.fetchval("SELECT count(*) FROM webhook_attempts") == 1
    assert await pool.fetchval("SELECT count(*) FROM webhook_secrets") == 2
    await observing.clear(pool, working_on.settings, clock.now + timedelta(days=31))
    assert await pool.fetchval("SELECT count(*) FROM webhook_secrets") == 1


async def test_a_rebuild_tells_nobody_anything_again(
    pool: Pool,
    api: httpx.AsyncClient,
    receiver: Receiver,
    worker_settings: WorkerSettings,
    settings: RebuildSettings,
    producer: AIOKafkaProducer,
    all_seeing: Connect,
) -> None:
    """Row F10: endpoints, secrets, what waits and the log are as before, row for row; new events go on being told."""
    endpoint = await registered(api, receiver.url, "lesson.completed", "course.completed")
    configured = worker_settings.model_copy(update={**_local(), "erasure_key": KEY_OF_TESTS, "webhook_poll_s": 0.1})
    receiver.answers = [saying(500, Retry_After="3600")]
    async with working(configured):
        await publish(producer, configured, [log.course(), log.lesson(), log.completion("u1")])
        await until(has_consumed(pool, configured, topics.LESSON_COMPLETED.name))

        async def tried() -> bool:
            return [one["attempts"] for one in await deliveries(api, endpoint)] == [1]

        await until(tried)
    await api.patch(f"{hooks.ROOT}/{endpoint['id']}", json={"enabled": False})
    before = await rows(all_seeing)
    assert all(before[f"webhook_{table}"] for table in WEBHOOKS)
    await rebuild(settings.model_copy(update={"erasure_key": KEY_OF_TESTS}), Told())
    after = await rows(all_seeing)
    assert {table: after[f"webhook_{table}"] for table in WEBHOOKS} == {
        table: before[f"webhook_{table}"] for table in WEBHOOKS
    }
    await api.patch(f"{hooks.ROOT}/{endpoint['id']}", json={"enabled": True})
    async with working(configured):
        await publish(producer, configured, [hooks.course_completion("u2")])

        async def told_of() -> bool:
            return [one["state"] for one in await deliveries(api, endpoint)] == ["held", "delivered"]

        await until(told_of)
    assert [got.payload["data"]["learnerId"] for got in receiver.got] == ["u1", "u2"]


def _local() -> dict[str, Any]:
    return {**LOCAL, "webhook_sealing_secret": SecretStr(LOCAL["webhook_sealing_secret"])}
