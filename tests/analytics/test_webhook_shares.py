"""Many receivers and many senders: everybody gets a share, nobody gets anything twice, and it can be seen. Row F10."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from prometheus_client import REGISTRY

from analytics_service.webhooks.observing import Observer
from servicekit.database import Pool
from tests.analytics import hooks, log
from tests.analytics.hooks import Clock, consume, registered, send, sender, shown, told
from tests.analytics.receiver import Receiver, never, receiving
from tests.databases import Database
from tests.polling import until


@pytest.fixture
async def api(analytics_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with hooks.administering(analytics_database) as http:
        yield http


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as running:
        yield running


async def test_a_slow_receiver_holds_nobody_up(pool: Pool, api: httpx.AsyncClient, receiver: Receiver) -> None:
    """Row F10: it has its share of the places and no more, and the others get all of theirs meanwhile."""
    async with receiving() as slow:
        stuck = await registered(api, slow.url)
        await registered(api, receiver.url, "course.completed")
        slow.answers = [never()] * 50
        await consume(pool, told(*(log.completion(f"u{n}") for n in range(20))))
        await consume(pool, told(*(hooks.course_completion(f"u{n}") for n in range(20))))
        clock = Clock()
        working = sender(pool, clock, webhook_per_endpoint=3, webhook_concurrency=6, webhook_timeout_s=60)

        async def all_told() -> bool:
            await working.turn()
            return len(receiver.got) == 20

        await until(all_told)
        assert len(slow.got) <= 3
        assert (await shown(api, stuck))["pending"] == 20
        for task in working._sending:
            task.cancel()
        await working.idle()


async def test_many_senders_send_everything_once(pool: Pool, api: httpx.AsyncClient, receiver: Receiver) -> None:
    """Row F10: however many replicas look at once, and none has more of an endpoint than its share."""
    endpoint = await registered(api, receiver.url)
    await consume(pool, told(*(log.completion(f"u{n}") for n in range(60))))
    clock = Clock()
    senders = [sender(pool, clock, webhook_per_endpoint=5) for _ in range(3)]

    async def all_sent() -> bool:
        begun = await asyncio.gather(*(one.turn() for one in senders))
        leased = "SELECT count(*) FROM webhook_deliveries WHERE leased_until > $1"
        assert await pool.fetchval(leased, clock.now) <= 5
        await asyncio.gather(*(one.idle() for one in senders))
        return not any(begun) and (await shown(api, endpoint))["pending"] == 0

    await until(all_sent)
    assert len(receiver.got) == len(set(receiver.ids)) == 60


async def test_every_receiver_gets_its_first_before_any_its_second(
    pool: Pool, api: httpx.AsyncClient, receiver: Receiver
) -> None:
    """Row F10: a backlog of one is no reason for another to wait."""
    await registered(api, receiver.url + "?much")
    await consume(pool, told(*(log.completion(f"u{n}") for n in range(20))))
    await registered(api, receiver.url + "?a", "course.completed")
    await registered(api, receiver.url + "?b", "course.completed")
    await consume(pool, told(hooks.course_completion()))
    working = sender(pool, Clock(), webhook_concurrency=3)
    assert await working.turn() == 3
    await working.idle()
    assert {got.path for got in receiver.got} == {"/hook?much", "/hook?a", "/hook?b"}


async def test_a_receiver_that_fails_is_tried_one_by_one(
    pool: Pool, api: httpx.AsyncClient, receiver: Receiver
) -> None:
    """Row F10: until it is back; then it has its whole share again."""
    await registered(api, receiver.url)
    await consume(pool, told(*(log.completion(f"u{n}") for n in range(10))))
    working = sender(pool, Clock(), webhook_per_endpoint=3)
    receiver.answers = [500] * 3
    begun = []
    for _ in range(3):
        begun.append(await working.turn())
        await working.idle()
    assert begun == [3, 1, 3]


async def test_what_is_sent_and_what_waits_can_be_seen(pool: Pool, api: httpx.AsyncClient, receiver: Receiver) -> None:
    """Row F10: attempts by outcome; how much waits, for how long, and for how long it is due without being tried."""

    def value(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(name, labels) or 0

    def attempts_seen() -> list[float]:
        name = "seatime_webhook_attempts_total"
        outcomes = ("delivered", "retried", "gone")
        return [value(name, event_type="lesson.completed", outcome=outcome) for outcome in outcomes]

    before = attempts_seen()
    await registered(api, receiver.url)
    await consume(pool, told(*(log.completion(f"u{n}") for n in range(3))))
    clock = Clock()
    working = sender(pool, clock, webhook_per_endpoint=1)
    await Observer(pool, working.settings, clock).look()
    assert value("seatime_webhook_pending") == 3
    assert 200 <= value("seatime_webhook_oldest_pending_seconds") < 300
    assert 200 <= value("seatime_webhook_overdue_seconds") < 300
    receiver.answers = [500, 204, 410]
    await send(working)
    assert [now - then for now, then in zip(attempts_seen(), before, strict=True)] == [1, 1, 1]
    await Observer(pool, working.settings, clock).look()
    assert value("seatime_webhook_pending") == 0, "held"
    assert value("seatime_webhook_overdue_seconds") == 0
