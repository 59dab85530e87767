"""The age of what waits: it grows while a consumer stands still, and it is nothing once all is done."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiokafka import AIOKafkaConsumer

from devstack.ports import free_port
from servicekit.consumer import BatchConsumer, DeadLetterLimit, RetryPolicy
from servicekit.errors import Unavailable
from servicekit.lag import Lag
from servicekit.received import Received
from servicekit.settings import CommonSettings
from servicekit.waiting import Waiting
from tests.polling import until
from tests.servicekit import kit
from tests.servicekit.kit import PINGS, Ping, working

HOUR_S = 3_600
GAUGE = 'seatime_consumed_lag_seconds{topic="pings"} '


@dataclass(frozen=True)
class Record:
    offset: int
    timestamp: int = 0


def pings(handle: Any, **more: Any) -> BatchConsumer[Ping]:
    return BatchConsumer(PINGS, Ping.model_validate_json, handle, group="tests", **more)


def hour_old(count: int) -> list[dict[str, Any]]:
    """So many records in one partition that were written an hour ago."""
    written_ms = int((time.time() - HOUR_S) * 1000)
    return [{"key": b"one", "value": Ping(number=n).to_json(), "timestamp_ms": written_ms} for n in range(count)]


def test_the_first_of_each_partition_waits_until_it_is_done() -> None:
    """What comes again is as old as it was; what is done does not count; the oldest of all partitions does."""
    waiting = Waiting[str]()
    assert waiting.age_s(100) == 0
    waiting.came([("a", Record(7, 90_000)), ("a", Record(8, 10_000)), ("b", Record(1, 95_000))])
    assert waiting.age_s(100) == 10
    waiting.came([("a", Record(9, 1_000))])
    assert waiting.age_s(130) == 40
    waiting.done(["a"])
    assert waiting.age_s(130) == 35
    assert waiting.age_s(1) == 0
    waiting.done(["b", "none"])
    assert waiting.age_s(130) == 0


def test_what_went_to_somebody_else_is_forgotten() -> None:
    """A partition that is not ours any more, and one that has come back when others had gone on in it."""
    waiting = Waiting[str]()
    waiting.came([("gone", Record(3)), ("passed", Record(3)), ("rewound", Record(3, 90_000))])
    waiting.keep({"passed": 4, "rewound": 3, "new": 0})
    assert waiting.age_s(100) == 10
    waiting.keep({})
    assert waiting.age_s(100) == 0


async def test_a_consumer_that_stands_still_falls_behind_at_every_look(settings: CommonSettings) -> None:
    """Row G9: while a handler hangs the age grows from scrape to scrape; with the batch done it is zero."""
    entered, leave = asyncio.Event(), asyncio.Event()

    async def hang(batch: Sequence[Received[Ping]]) -> None:
        entered.set()
        await leave.wait()

    port = free_port()
    await kit.send_all(settings, hour_old(3))
    listening = settings.model_copy(update={"worker_health_port": port})
    async with working(listening, pings(hang)), aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:

        async def shown() -> float | None:
            with suppress(aiohttp.ClientError):
                async with http.get("/metrics") as answer:
                    text = await answer.text()
                return float(text.partition(GAUGE)[2].split("\n")[0])
            return None

        await asyncio.wait_for(entered.wait(), 60)
        first = await until(shown)
        assert first is not None
        assert first >= HOUR_S

        async def grown() -> bool:
            seen = await shown()
            return seen is not None and seen > first

        await until(grown)
        leave.set()

        async def nothing() -> bool:
            return await shown() == 0

        await until(nothing)


@pytest.mark.parametrize("trouble", ["given back", "halted"])
async def test_a_batch_that_is_given_back_still_waits(settings: CommonSettings, trouble: str) -> None:
    """What comes again and again, and what a halted consumer leaves alone, has been there from the beginning."""
    turns = 0

    async def fail(batch: Sequence[Received[Ping]]) -> None:
        nonlocal turns
        turns += 1
        raise Unavailable("not today") if trouble == "given back" else ValueError("never")

    hasty = RetryPolicy(first_s=0.01, max_s=0.02, budget_s=0.05)
    stuck = pings(fail, retry=hasty, limit=DeadLetterLimit(count=1))
    await kit.send_all(settings, hour_old(8))
    async with working(settings, stuck):

        async def in_trouble() -> bool:
            return turns > 20 if trouble == "given back" else stuck.halted is not None

        await until(in_trouble)
        assert await stuck.lag_s() >= HOUR_S


async def test_what_is_never_fetched_counts_from_when_it_was_missed(settings: CommonSettings) -> None:
    """A broker that says there is more, and nobody who takes it: the age grows until it is taken."""
    await kit.send_all(settings, hour_old(10))
    consumer = AIOKafkaConsumer(
        settings.kafka_topic_prefix + "pings",
        bootstrap_servers=settings.kafka_bootstrap_servers,
        group_id=settings.kafka_topic_prefix + "lag",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        lag, taken = Lag(), 0
        while not taken:
            taken = sum(map(len, (await consumer.getmany(timeout_ms=1_000, max_records=3)).values()))
        first = await lag.seconds(consumer)

        async def grown() -> bool:
            return await lag.seconds(consumer) > first

        await until(grown)
        while taken < 10:
            taken += sum(map(len, (await consumer.getmany(timeout_ms=1_000)).values()))
        assert await lag.seconds(consumer) == 0
    finally:
        await consumer.stop()
