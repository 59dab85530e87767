"""The outbox on real PostgreSQL and Kafka: events leave iff the transaction commits, in order, at least once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import pytest

from servicekit import telemetry
from servicekit.database import transaction
from servicekit.kafka import Message, Tombstone, ensure_topics
from servicekit.outbox import OutboxRelay, append
from servicekit.process import keep_running
from servicekit.producer import Producer
from servicekit.settings import CommonSettings
from tests.databases import Database
from tests.proxy import proxy
from tests.servicekit import kit
from tests.servicekit.kit import PINGS, Ledger, Ping, Topic, until


@asynccontextmanager
async def relaying(
    settings: CommonSettings, url: str, producer: Producer | None = None, **more: Any
) -> AsyncIterator[OutboxRelay]:
    """A relay that runs, restarted as in a worker."""
    await ensure_topics(settings, [PINGS, Topic("pongs")])
    async with producer or Producer(settings, service="tests") as sending:
        relay = OutboxRelay(url, sending, service="tests", **more)
        task = asyncio.create_task(keep_running("outbox", relay.run, max_delay_s=0.5))
        try:
            yield relay
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def put(ledger: Ledger, events: Sequence[Ping], **more: Any) -> None:
    async with transaction(ledger.pool) as conn:
        await append(conn, events, **more)


async def waiting(ledger: Ledger) -> int:
    return int(await ledger.pool.fetchval("SELECT count(*) FROM outbox WHERE parked_at IS NULL"))


async def drained(ledger: Ledger, timeout: float = 30) -> None:
    async def empty() -> bool:
        return await waiting(ledger) == 0

    await until(empty, timeout)


async def sent(settings: CommonSettings, topic: str = "pings") -> list[int]:
    return [Ping.model_validate_json(record.value).number for record in await kit.read_all(settings, topic)]


async def test_events_leave_if_and_only_if_the_transaction_commits(
    settings: CommonSettings, database: Database, ledger: Ledger
) -> None:
    """A rolled back transaction takes its events with it; a committed one's arrive with CloudEvents headers."""

    async def fail() -> None:
        async with transaction(ledger.pool) as conn:
            await append(conn, [Ping(number=1)])
            raise ZeroDivisionError

    async with relaying(settings, database.owner_url):
        with pytest.raises(ZeroDivisionError):
            await fail()
        telemetry.traceparent.set("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        async with transaction(ledger.pool) as conn:
            (event_id,) = await append(conn, [Ping(number=2)])
        await drained(ledger)
    (record,) = await kit.read_all(settings, "pings")
    headers = {name: value.decode() for name, value in record.headers}
    assert record.key == b"a"
    assert Ping.model_validate_json(record.value) == Ping(number=2)
    assert headers.pop("ce_time").endswith("Z")
    assert headers == {
        "ce_specversion": "1.0",
        "ce_id": str(event_id),
        "ce_type": "tests.ping.v1",
        "ce_source": "/tests",
        "content-type": "application/json",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }


async def test_many_events_leave_in_the_order_of_their_key(
    settings: CommonSettings, database: Database, ledger: Ledger
) -> None:
    """A thousand events of ten keys, more than a batch, arrive once each and in order within their key."""
    await put(ledger, [Ping(number=n, group=f"key-{n % 10}") for n in range(1000)])
    async with relaying(settings, database.owner_url, batch=130) as relay:
        await drained(ledger)
        await until(lambda: relay.age_s == 0)
    arrived: dict[bytes, list[int]] = {}
    for record in await kit.read_all(settings, "pings"):
        arrived.setdefault(record.key, []).append(Ping.model_validate_json(record.value).number)
    assert arrived == {f"key-{key}".encode(): list(range(key, 1000, 10)) for key in range(10)}


class Refusing(Producer):
    """The real producer behind a door: what `refuses` says is not let through, as if Kafka had failed it."""

    refused = 0

    def __init__(self, settings: CommonSettings) -> None:
        super().__init__(settings, service="tests")
        self.closed: set[int] = set()
        self.attempts: list[int] = []

    async def send(self, message: Message, *, timeout: float = 2) -> None:
        from servicekit.errors import BrokerUnavailable

        number = Ping.model_validate_json(message.value).number
        self.attempts.append(number)
        if number in self.closed:
            raise BrokerUnavailable("not this one")
        await super().send(message, timeout=timeout)


async def test_a_failed_send_holds_back_its_key_and_nothing_else(
    settings: CommonSettings, database: Database, ledger: Ledger
) -> None:
    """Rows behind a failed row of the same key wait for it; other keys go on; order is kept when it recovers."""
    producer = Refusing(settings)
    producer.closed = {3}
    await put(ledger, [Ping(number=n, group="stuck" if n % 2 else "free") for n in range(10)])
    async with relaying(settings, database.owner_url, producer):

        async def only_stuck_ones_wait() -> bool:
            return await waiting(ledger) == 4

        await until(only_stuck_ones_wait)
        await put(ledger, [Ping(number=100, group="free"), Ping(number=11, group="stuck")])

        async def others_go_on() -> bool:
            return 100 in await sent(settings)

        await until(others_go_on)
        attempts = await ledger.pool.fetchval("SELECT attempts FROM outbox ORDER BY id LIMIT 1")
        assert attempts >= 1
        assert {5, 7, 9, 11}.isdisjoint(producer.attempts)
        producer.closed = set()
        await drained(ledger)
    arrived = await sent(settings)
    assert [n for n in arrived if n % 2] == [1, 3, 5, 7, 9, 11]
    assert sorted(arrived) == [*range(10), 11, 100]


async def test_a_key_that_keeps_failing_is_asked_ever_less_often(
    settings: CommonSettings, database: Database, ledger: Ledger
) -> None:
    """Rows of a hopeless key do not fill every batch: with a batch of three, later rows of other keys still leave."""
    producer = Refusing(settings)
    producer.closed = {0, 1, 2}
    await put(ledger, [Ping(number=n, group=f"hopeless-{n}") for n in range(3)])
    await put(ledger, [Ping(number=n, group="fine") for n in range(3, 30)])
    async with relaying(settings, database.owner_url, producer, batch=4, poll_s=0.1):

        async def the_rest_left() -> bool:
            return await waiting(ledger) == 3

        await until(the_rest_left)
    assert sorted(await sent(settings)) == list(range(3, 30))
    assert producer.attempts.count(0) < 6


async def test_an_oversized_row_is_parked_and_others_go_on(
    settings: CommonSettings, database: Database, ledger: Ledger
) -> None:
    """What Kafka can never take is kept for a person, and its key goes on without it."""
    huge = Ping(number=1, padding="x" * 1_100_000)
    await put(ledger, [Ping(number=0), huge, Ping(number=2), Ping(number=3, group="b")])
    async with relaying(settings, database.owner_url) as relay:
        await drained(ledger)
        await until(lambda: relay.parked == 1)
    assert sorted(await sent(settings)) == [0, 2, 3]
    row = await ledger.pool.fetchrow("SELECT * FROM outbox")
    assert row is not None
    assert "MessageSizeTooLarge" in row["last_error"]
    assert Ping.model_validate_json(row["payload"]) == huge


async def test_a_commit_wakes_the_relay_at_once(settings: CommonSettings, database: Database, ledger: Ledger) -> None:
    """LISTEN makes the poll interval irrelevant: an event leaves although the next poll is a minute away."""
    async with relaying(settings, database.owner_url, poll_s=60) as relay:
        await until(lambda: relay.is_leader)
        await put(ledger, [Ping(number=1)])
        await drained(ledger, timeout=30)
        await put(ledger, [Ping(number=2)], notify=False)
        relay.wake()
        await drained(ledger, timeout=30)
    assert sorted(await sent(settings)) == [1, 2]


async def test_one_relay_leads_and_another_takes_over_when_its_backend_dies(
    settings: CommonSettings, database: Database, ledger: Ledger
) -> None:
    """Two relays on one database: only one sends, and killing its connection hands over without loss."""
    async with (
        relaying(settings, database.owner_url, poll_s=0.1) as one,
        relaying(settings, database.owner_url, poll_s=0.1) as other,
    ):
        await until(lambda: one.is_leader or other.is_leader)
        await put(ledger, [Ping(number=n) for n in range(50)])
        await drained(ledger)
        assert one.is_leader != other.is_leader
        leader, standby = (one, other) if one.is_leader else (other, one)
        connection = await asyncpg.connect(database.owner_url)
        try:
            killed = await connection.fetchval(
                "SELECT count(pg_terminate_backend(l.pid)) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                " WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()"
            )
        finally:
            await connection.close()
        assert killed == 1
        await until(lambda: standby.is_leader or leader.is_leader)
        await put(ledger, [Ping(number=n) for n in range(50, 100)])
        await drained(ledger)
        await until(lambda: one.is_leader != other.is_leader)
    assert sorted(await sent(settings)) == list(range(100))


class Crashing(Producer):
    """The real producer in a process that dies right after the first acknowledgement."""

    crashed = False

    async def send(self, message: Message, *, timeout: float = 2) -> None:
        await super().send(message, timeout=timeout)
        if not self.crashed:
            self.crashed = True
            raise KeyboardInterruptOfTheRelay


class KeyboardInterruptOfTheRelay(Exception):
    """Stands for the death of the process between Kafka's acknowledgement and the delete."""


async def test_a_crash_between_sending_and_deleting_repeats_the_event(
    settings: CommonSettings, database: Database, ledger: Ledger
) -> None:
    """At least once: the event comes twice with the same id, and none is lost."""
    await put(ledger, [Ping(number=1), Ping(number=2)])
    async with relaying(settings, database.owner_url, Crashing(settings, service="tests")):
        await drained(ledger)
    records = await kit.read_all(settings, "pings")
    assert [Ping.model_validate_json(record.value).number for record in records] == [1, 1, 2]
    ids = [dict(record.headers)["ce_id"] for record in records]
    assert ids[0] == ids[1] != ids[2]


async def test_a_relay_whose_connection_is_cut_goes_on_with_a_new_one(
    settings: CommonSettings, database: Database, ledger: Ledger
) -> None:
    """The network breaks the relay's connection: it leads again, and what was put meanwhile leaves."""
    port = int(database.owner_url.rpartition(":")[2].partition("/")[0])
    async with (
        proxy("127.0.0.1", port) as between,
        relaying(settings, kit.through(database.owner_url, between.port), poll_s=0.2) as relay,
    ):
        await until(lambda: relay.is_leader)
        await put(ledger, [Ping(number=1)])
        await drained(ledger)
        between.cut()
        await until(lambda: between.accepted >= 2)
        await put(ledger, [Ping(number=2)])
        await drained(ledger)
    assert await sent(settings) == [1, 2]


async def test_appending_nothing_does_nothing(ledger: Ledger) -> None:
    """An empty list of events is no reason for a round trip or a row."""
    async with transaction(ledger.pool) as conn:
        assert await append(conn, []) == []
    assert await waiting(ledger) == 0


async def test_a_tombstone_leaves_as_a_record_without_a_value(
    settings: CommonSettings, database: Database, ledger: Ledger
) -> None:
    """Row G7: a compacted topic is told to forget a key, after everything that was said of the key before."""
    forget = Tombstone("pings", "k", event_type="ping", event_source="/tests")
    async with transaction(ledger.pool) as conn:
        await append(conn, [Ping(number=1, group="k"), forget])
    async with relaying(settings, database.app_url):
        await drained(ledger)
    first, last = await kit.read_all(settings, "pings")
    assert (first.key, last.key, last.value) == (b"k", b"k", None)
    assert dict(last.headers)["ce_type"] == b"ping"
