"""The reliable consumer on real Kafka and PostgreSQL: nothing lost, nothing counted twice, nothing blocked."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka import TopicPartition

from servicekit.consumer import BatchConsumer, DeadLetterLimit, RetryPolicy
from servicekit.errors import Unavailable
from servicekit.producer import Producer
from servicekit.received import Received
from servicekit.settings import CommonSettings
from servicekit.worker import Worker
from tests.databases import Database
from tests.polling import within
from tests.proxy import proxy
from tests.servicekit import kit
from tests.servicekit.kit import PINGS, Ledger, Ping, until, working

FAST = RetryPolicy(first_s=0.02, max_s=0.2, budget_s=20)


def consumer(handle: Any, **more: Any) -> BatchConsumer[Ping]:
    return BatchConsumer(PINGS, Ping.model_validate_json, handle, group="tests", **({"retry": FAST} | more))


def record(number: int, **more: Any) -> dict[str, Any]:
    return {"key": f"k{number % 7}".encode(), "value": Ping(number=number).to_json(), **more}


async def done(settings: CommonSettings, count: int) -> None:
    """All `count` records are committed."""

    async def all_committed() -> bool:
        return await kit.committed(settings, "tests.pings") == count

    await until(all_committed, timeout=30)


async def test_poison_among_many_is_buried_and_the_rest_applied_once(settings: CommonSettings, ledger: Ledger) -> None:
    """Of 300 records 4 are poison: 296 are applied once, and 4 dead letters name their origin."""
    poison = {17: b"{", 120: b"\xff\xfe", 121: b'{"number": "many"}', 299: b""}
    records = [record(n) if n not in poison else {"key": b"p", "value": poison[n]} for n in range(300)]
    await kit.send_all(settings, records)
    async with working(settings, consumer(ledger.apply)):
        await done(settings, 300)
    assert await ledger.numbers() == [n for n in range(300) if n not in poison]
    assert await ledger.repeated() == 0
    letters = await kit.read_all(settings, "pings.dlq")
    assert sorted(letter.value for letter in letters) == sorted(poison.values())
    for letter in letters:
        headers = dict(letter.headers)
        assert letter.key == b"p"
        assert headers["x-reason"] == b"unparsable"
        assert headers["x-topic"].decode() == settings.kafka_topic_prefix + "pings"
        assert headers["x-group"] == b"tests.pings"
        assert headers["x-partition"].isdigit()
        assert headers["x-error"]
    original = {(r.partition, r.offset): r.value for r in await kit.read_all(settings, "pings")}
    for letter in letters:
        headers = dict(letter.headers)
        assert original[int(headers["x-partition"]), int(headers["x-offset"])] == letter.value


async def test_odd_headers_and_tombstones_block_nothing(settings: CommonSettings, ledger: Ledger) -> None:
    """Undecodable, null and repeated headers, keys of any bytes and tombstones are all passed by."""
    odd: list[list[tuple[str, Any]]] = [
        [("ce_id", b"\xff\xfe"), ("traceparent", b"\xc3\x28")],
        [("ce_id", None), ("traceparent", None)],
        [("ce_id", b"one"), ("ce_id", b"two"), ("", b"")],
        [("content-type", b"\x80"), ("reply_to", b"\xff")],
    ]
    records = [record(n, headers=headers) for n, headers in enumerate(odd)]
    records.insert(2, {"key": b"gone", "value": None})
    records.append({**record(4), "key": b"\xff\x00"})
    records.append({**record(5), "key": None})
    await kit.send_all(settings, records)
    seen: list[Received[Ping]] = []

    async def handle(batch: Sequence[Received[Ping]]) -> None:
        await ledger.apply(batch)
        seen.extend(batch)

    async with working(settings, consumer(handle)):
        await done(settings, len(records))
    assert await ledger.numbers() == [0, 1, 2, 3, 4, 5]
    ids = {received.event.number: received.event_id for received in seen}
    assert ids[2] == "two"
    assert ids[1].startswith(f"{settings.kafka_topic_prefix}pings:")
    assert await kit.read_all(settings, "pings.dlq") == []


async def test_what_parsing_raises_does_not_matter(settings: CommonSettings, ledger: Ledger) -> None:
    """A parser that fails in a way nobody thought of buries its record, too."""

    def parse(value: bytes) -> Ping:
        event = Ping.model_validate_json(value)
        return {event.number: event}[4 if event.number == 5 else event.number]

    await kit.send_all(settings, [record(n) for n in range(10)])
    awkward = BatchConsumer(PINGS, parse, ledger.apply, group="tests", retry=FAST)
    async with working(settings, awkward):
        await done(settings, 10)
    assert await ledger.numbers() == [0, 1, 2, 3, 4, 6, 7, 8, 9]
    (letter,) = await kit.read_all(settings, "pings.dlq")
    assert b"KeyError" in dict(letter.headers)["x-error"]


async def test_only_the_offender_of_a_batch_dies(settings: CommonSettings, ledger: Ledger) -> None:
    """A record that the database refuses for good is found by halving; its neighbours are applied, in order."""
    numbers = [*range(40), 2_000_000, *range(40, 80), 3_000_000]
    await kit.send_all(settings, [{"key": b"one", "value": Ping(number=n).to_json()} for n in numbers])
    async with working(settings, consumer(ledger.apply)):
        await done(settings, len(numbers))
    assert await ledger.numbers() == list(range(80))
    assert await ledger.repeated() == 0
    in_order = await ledger.pool.fetch("SELECT number FROM ledger ORDER BY place")
    assert [row["number"] for row in in_order] == list(range(80))
    letters = await kit.read_all(settings, "pings.dlq")
    assert [Ping.model_validate_json(letter.value).number for letter in letters] == [2_000_000, 3_000_000]
    assert {dict(letter.headers)["x-reason"] for letter in letters} == {b"failed"}


async def test_a_failure_that_passes_is_retried_in_place(settings: CommonSettings, ledger: Ledger) -> None:
    """A batch whose handler says Unavailable twice is applied at the third time; nothing is buried."""
    attempts: list[list[int]] = []

    async def handle(batch: Sequence[Received[Ping]]) -> None:
        attempts.append([received.event.number for received in batch])
        if len(attempts) <= 2:
            raise Unavailable("not yet")
        await ledger.apply(batch)

    await kit.send_all(settings, [{"key": b"one", "value": Ping(number=n).to_json()} for n in range(5)])
    async with working(settings, consumer(handle)):
        await done(settings, 5)
    assert attempts[0] == attempts[1] == attempts[2]
    assert await ledger.numbers() == [0, 1, 2, 3, 4]
    assert await kit.read_all(settings, "pings.dlq") == []


async def test_a_batch_whose_retries_run_out_comes_again(settings: CommonSettings, ledger: Ledger) -> None:
    """After the retry budget the batch is given back uncommitted and fetched anew, over all its partitions."""
    down = True

    async def handle(batch: Sequence[Received[Ping]]) -> None:
        if down:
            raise Unavailable("down")
        await ledger.apply(batch)

    await kit.send_all(settings, [record(n) for n in range(30)])
    impatient = RetryPolicy(first_s=0.02, max_s=0.05, budget_s=0.1)
    async with working(settings, consumer(handle, retry=impatient, max_records=7)) as worker:
        await until(lambda: worker.consumers[0].failing_s > 0.5)
        assert await kit.committed(settings, "tests.pings") == 0
        down = False
        await done(settings, 30)
        assert worker.consumers[0].failing_s == 0
    assert await ledger.numbers() == list(range(30))
    assert await ledger.repeated() == 0


async def test_database_down_for_a_while_loses_and_doubles_nothing(
    settings: CommonSettings, database: Database, kafka_bootstrap: str
) -> None:
    """Connections cut in mid-batch and refused for a second: every record is applied exactly once."""
    port = int(database.app_url.rpartition(":")[2].partition("/")[0])
    async with proxy("127.0.0.1", port) as between, kit.pool_of(kit.through(database.app_url, between.port)) as pool:
        ledger = Ledger(pool)
        await kit.send_all(settings, [record(n) for n in range(500)])
        async with working(settings, consumer(ledger.apply, max_records=20)) as worker:
            await until(ledger.numbers)
            between.refusing = True
            between.cut()
            await until(lambda: worker.consumers[0].failing_s > 1)
            await kit.send_all(settings, [record(n) for n in range(500, 600)])
            between.refusing = False
            await done(settings, 600)
        assert await ledger.numbers() == list(range(600))
    assert await kit.read_all(settings, "pings.dlq") == []


async def test_two_consumers_share_a_topic_and_each_is_told_of(settings: CommonSettings, ledger: Ledger) -> None:
    """What comes is applied once, half of it by each; where one of them halts, readiness says so."""
    strict = consumer(ledger.apply, limit=DeadLetterLimit(count=0, window_s=600))
    async with working(
        settings, strict, consumer(ledger.apply, limit=DeadLetterLimit(count=0, window_s=600))
    ) as worker:
        await until(lambda: all(one.assignment() for one in worker.consumers), timeout=30)
        assert not frozenset.intersection(*(one.assignment() for one in worker.consumers))
        await kit.send_all(settings, [record(n) for n in range(200)])
        await done(settings, 200)
        assert await ledger.numbers() == list(range(200))
        await kit.send_all(settings, [{"key": b"one", "value": b"bad"} for _ in range(3)])
        await until(lambda: any(one.halted for one in worker.consumers), timeout=30)
        ready, report = await worker.ready()
        told = {name: says for name, says in report["checks"].items() if name.startswith("consumer")}
        assert set(told) == {"consumer pings", "consumer pings 2"}
        assert sorted(says == "ok" for says in told.values()) == [False, True]
        assert not ready


async def test_too_many_dead_letters_halt_the_consumer_and_readiness_says_so(
    settings: CommonSettings, ledger: Ledger
) -> None:
    """A bad deploy must not drain the topic into the dead letters: past the limit nothing is consumed or committed."""
    await kit.send_all(settings, [{"key": b"one", "value": b"bad"} for _ in range(50)])
    strict = consumer(ledger.apply, limit=DeadLetterLimit(count=5, window_s=60), max_records=10)
    async with working(settings, strict) as worker:
        await until(lambda: strict.halted)
        ready, report = await worker.ready()
        assert not ready
        assert report["checks"]["consumer pings"].startswith("halted: 6 dead letters within 60 s")
        assert report["checks"]["kafka"] == "ok"
        assert await kit.committed(settings, "tests.pings") == 0
    assert len(await kit.read_all(settings, "pings.dlq")) == 5


async def test_a_dead_letter_that_is_too_large_is_cut_and_says_so(settings: CommonSettings, ledger: Ledger) -> None:
    """Poison just under the size limit grows beyond it by its origin headers, and still moves out of the way."""
    value = b"{" + b"x" * (1_048_576 - 300)
    await kit.send_all(settings, [record(1), {"key": b"big", "value": value}, record(2)])
    async with working(settings, consumer(ledger.apply)):
        await done(settings, 3)
    (letter,) = await kit.read_all(settings, "pings.dlq")
    assert dict(letter.headers)["x-truncated"] == b"true"
    assert letter.key == b"big"
    assert value.startswith(letter.value)
    assert len(letter.value) > 1000
    assert await ledger.numbers() == [1, 2]


async def test_stopping_lets_the_batch_in_hand_finish_and_commits_it(settings: CommonSettings, ledger: Ledger) -> None:
    """A stop waits for the running handler, and commits what it applied."""
    entered, leave = asyncio.Event(), asyncio.Event()

    async def handle(batch: Sequence[Received[Ping]]) -> None:
        entered.set()
        await leave.wait()
        await ledger.apply(batch)

    await kit.send_all(settings, [{"key": b"one", "value": Ping(number=n).to_json()} for n in range(9)])
    async with working(settings, consumer(handle)) as worker:
        await asyncio.wait_for(entered.wait(), 20)
        stopping = asyncio.create_task(worker.__aexit__())
        await until(lambda: not worker.consumers[0]._subscriber.running)
        leave.set()
        await asyncio.wait_for(stopping, 20)
    assert await ledger.numbers() == list(range(9))
    assert await kit.committed(settings, "tests.pings") == 9


async def test_stopping_while_a_batch_fails_is_prompt_and_commits_nothing(
    settings: CommonSettings, ledger: Ledger
) -> None:
    """With the database down a stop does not wait for the retries, and what was not applied comes again."""

    async def fail(batch: Sequence[Received[Ping]]) -> None:
        raise Unavailable("down")

    slow = RetryPolicy(first_s=30, max_s=60, budget_s=60)
    await kit.send_all(settings, [record(n) for n in range(9)])
    async with working(settings, consumer(fail, retry=slow)) as worker:
        await until(lambda: worker.consumers[0].failing_s > 0)
        with within(4):
            await worker.__aexit__()
    assert await kit.committed(settings, "tests.pings") == 0
    async with working(settings, consumer(ledger.apply)):
        await done(settings, 9)
    assert await ledger.numbers() == list(range(9))


async def test_a_handler_that_is_cancelled_commits_nothing(settings: CommonSettings, ledger: Ledger) -> None:
    """If the time for a graceful stop runs out, the batch is cancelled, not acknowledged."""
    entered = asyncio.Event()

    async def hang(batch: Sequence[Received[Ping]]) -> None:
        entered.set()
        await asyncio.Event().wait()

    await kit.send_all(settings, [record(n) for n in range(4)])
    async with working(settings, consumer(hang)) as worker:
        await asyncio.wait_for(entered.wait(), 20)
        worker.broker.config.broker_config.graceful_timeout = 0.2
        await worker.__aexit__()
    assert await kit.committed(settings, "tests.pings") == 0
    async with working(settings, consumer(ledger.apply)):
        await done(settings, 4)
    assert await ledger.numbers() == [0, 1, 2, 3]


async def test_two_members_share_the_partitions_and_lose_none_when_one_leaves(
    settings: CommonSettings, ledger: Ledger
) -> None:
    """Two members get different partitions; when one leaves in the middle, the other takes over at its commit."""
    await kit.send_all(settings, [])
    first, second = consumer(ledger.apply, max_records=5), consumer(ledger.apply, max_records=5)
    async with working(settings, first) as one, working(settings, second):
        await until(lambda: len(first.assignment()) == len(second.assignment()) == 1)
        await kit.send_all(settings, [record(n) for n in range(200)])
        await until(ledger.numbers)
        await one.__aexit__()
        await until(lambda: len(second.assignment()) == 2)
        await kit.send_all(settings, [record(n) for n in range(200, 300)])
        await done(settings, 300)
    assert await ledger.numbers() == list(range(300))


class Defective(Producer):
    """A producer with a defect that nobody foresaw."""

    async def send_raw(self, *_: Any, **__: Any) -> None:
        raise RuntimeError("a defect")


async def test_whatever_is_raised_nothing_is_acknowledged_that_was_not_applied(settings: CommonSettings) -> None:
    """Handler and burial both fail in ways nobody foresaw: the batch comes again, and no later one commits past it."""
    seen: list[int] = []
    healed = False

    async def handle(batch: Sequence[Received[Ping]]) -> None:
        seen.extend(received.event.number for received in batch)
        if not healed:
            raise asyncio.InvalidStateError("surprise")

    await kit.send_all(settings, [{"key": b"one", "value": Ping(number=n).to_json()} for n in range(3)])
    broken = consumer(handle, max_records=1)
    async with working(settings, broken):
        broken._producer = Defective(settings, service="tests")
        await until(lambda: len(seen) >= 3)
        assert await kit.committed(settings, "tests.pings") == 0
        assert set(seen) == {0}
        healed = True
        await done(settings, 3)
    assert seen[-3:] == [0, 1, 2]


async def test_lag_counts_what_the_broker_has_and_we_have_not(settings: CommonSettings) -> None:
    """Lag is the distance of our position to the end of our partitions."""
    entered, leave = asyncio.Event(), asyncio.Event()

    async def handle(batch: Sequence[Received[Ping]]) -> None:
        entered.set()
        await leave.wait()

    await kit.send_all(settings, [{"key": b"one", "value": Ping(number=n).to_json()} for n in range(10)])
    slow = consumer(handle, max_records=3)
    async with working(settings, slow):
        await asyncio.wait_for(entered.wait(), 20)
        assert await slow.lag() == 7
        leave.set()
        await done(settings, 10)
        assert await slow.lag() == 0


def test_a_worker_without_the_dead_letter_topic_of_a_consumer_does_not_start(settings: CommonSettings) -> None:
    """A dead letter without a topic would block its partition for ever: better known at start."""

    async def handle(batch: Sequence[Received[Ping]]) -> None: ...

    with pytest.raises(ValueError, match=r"pings\.dlq"):
        Worker(
            settings,
            service="tests",
            producer=Producer(settings, service="tests"),
            topics=[PINGS],
            consumers=[consumer(handle)],
        )


def test_partitions_are_the_brokers_own_kind(settings: CommonSettings) -> None:
    """A consumer that is not attached has no partitions."""

    async def handle(batch: Sequence[Received[Ping]]) -> None: ...

    assert consumer(handle).assignment() == frozenset[TopicPartition]()
