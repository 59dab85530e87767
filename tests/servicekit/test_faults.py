"""What happens when Kafka or a process goes away: on a broker of these tests' own, which can be stopped and killed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from aiokafka.errors import OutOfOrderSequenceNumber

from devstack.kafka import KafkaBroker
from devstack.ports import free_port
from servicekit import kafka
from servicekit.consumer import BatchConsumer
from servicekit.errors import BrokerUnavailable
from servicekit.kafka import ensure_topics, ping
from servicekit.outbox import message_of
from servicekit.producer import Producer
from servicekit.settings import CommonSettings
from tests.databases import Database
from tests.polling import within
from tests.servicekit import kit
from tests.servicekit.kit import PINGS, Ledger, Ping, Topic, until, working
from tests.servicekit.test_consumer import FAST

CHECKOUT = Path(__file__).resolve().parents[2]


class Broker:
    """A real broker with its process in our hands."""

    def __init__(self, folder: Path) -> None:
        self.kafka = KafkaBroker(folder / "kafka", heap_mb=256)

    @property
    def bootstrap(self) -> str:
        return self.kafka.bootstrap

    async def start(self) -> None:
        await asyncio.to_thread(self.kafka.start)
        await asyncio.to_thread(self.kafka.wait_ready)

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self.kafka.child is not None
        assert self.kafka.child.pid is not None
        os.kill(self.kafka.child.pid, number)

    async def kill(self) -> None:
        await asyncio.to_thread(self.kafka.kill)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    broker = Broker(tmp_path_factory.mktemp("broker"))
    yield broker
    broker.kafka.kill()


@pytest.fixture
async def broker(process: Broker) -> Broker:
    """Running, whatever the test before did to it."""
    child = process.kafka.child
    if child is None or not child.running:
        await process.start()
    else:
        process.thaw()
        await asyncio.to_thread(process.kafka.wait_ready)
    return process


@pytest.fixture
def settings(broker: Broker, request: pytest.FixtureRequest) -> CommonSettings:
    return kit.settings(broker.bootstrap, f"{abs(hash(request.node.name)) % 10**6}.")


async def test_topics_are_created_once_as_declared_and_never_changed(settings: CommonSettings) -> None:
    """Partitions and clean-up are those of the declaration, also when several processes start at once."""
    wanted = Topic("courses", 3, {"cleanup.policy": "compact"})
    runs = await asyncio.gather(*(ensure_topics(settings, [wanted, PINGS]) for _ in range(3)))
    assert any(runs)
    assert await ensure_topics(settings, [Topic("courses", 5)]) == []
    async with kafka._admin(settings, 10) as admin:
        name = settings.kafka_topic_prefix + "courses"
        described = await admin.describe_topics([name])
        assert len(described[0]["partitions"]) == 3
        from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

        (response,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
        values = {entry[0]: entry[1] for entry in response.resources[0][4]}
        assert values["cleanup.policy"] == "compact"


async def test_without_kafka_sending_fails_at_once_and_works_when_it_comes(tmp_path: Path) -> None:
    """A producer that has never met its broker says BrokerUnavailable in no time, and connects by itself later."""
    late = Broker(tmp_path)
    settings = kit.settings(late.bootstrap, "late.")
    async with Producer(settings, service="tests") as producer:
        with within(0), pytest.raises(BrokerUnavailable):
            await producer.send(message_of(Ping(number=1)))
        with pytest.raises(BrokerUnavailable):
            await ping(settings)
        with pytest.raises(BrokerUnavailable):
            await ensure_topics(settings, [PINGS])
        try:
            await late.start()
            await ensure_topics(settings, [PINGS])
            await producer.wait_connected(60)
            await producer.send(message_of(Ping(number=2)), timeout=20)
            await ping(settings)
            assert [Ping.model_validate_json(r.value).number for r in await kit.read_all(settings, "pings")] == [2]
        finally:
            await late.kill()


async def test_a_frozen_broker_makes_sends_fail_in_time_and_thawed_it_goes_on(
    settings: CommonSettings, broker: Broker
) -> None:
    """A send waits for its time-out and no longer; afterwards the same producer works, and order is kept."""
    await ensure_topics(settings, [PINGS])
    async with Producer(settings, service="tests") as producer:
        await producer.wait_connected(60)
        await producer.send(message_of(Ping(number=1)), timeout=20)
        broker.freeze()
        try:
            with within(1):
                outcomes = await asyncio.gather(
                    *(producer.send(message_of(Ping(number=n)), timeout=1) for n in (2, 3)), return_exceptions=True
                )
            assert all(isinstance(outcome, BrokerUnavailable) for outcome in outcomes)
            with pytest.raises(BrokerUnavailable):
                await ping(settings, timeout=1)
        finally:
            broker.thaw()
        await producer.send(message_of(Ping(number=4)), timeout=30)
    numbers = [Ping.model_validate_json(record.value).number for record in await kit.read_all(settings, "pings")]
    assert numbers[0] == 1
    assert numbers == sorted(set(numbers)), "what was given up may arrive later, but once and in its place"
    assert numbers[-1] == 4


async def test_a_producer_survives_the_brokers_sudden_death(settings: CommonSettings, broker: Broker) -> None:
    """After SIGKILL and restart of the broker the same producer sends, and what was acknowledged is there."""
    await ensure_topics(settings, [PINGS])
    async with Producer(settings, service="tests") as producer:
        await producer.wait_connected(60)
        acknowledged = []
        for number in range(20):
            await producer.send(message_of(Ping(number=number)), timeout=20)
            acknowledged.append(number)
        await broker.kill()
        with pytest.raises(BrokerUnavailable):
            await producer.send(message_of(Ping(number=20)), timeout=0.5)
        await broker.start()

        async def sends() -> bool:
            with suppress(BrokerUnavailable):
                await producer.send(message_of(Ping(number=21)), timeout=5)
                return True
            return False

        await until(sends, timeout=60)
    numbers = [Ping.model_validate_json(record.value).number for record in await kit.read_all(settings, "pings")]
    assert [n for n in numbers if n < 20] == acknowledged
    assert 21 in numbers


async def test_a_producer_that_failed_for_good_is_replaced(settings: CommonSettings) -> None:
    """aiokafka answers every send with the same fatal error once its sequence is broken: ours starts a new one."""
    await ensure_topics(settings, [PINGS])
    async with Producer(settings, service="tests") as producer:
        await producer.wait_connected(60)
        await producer.send(message_of(Ping(number=1)), timeout=20)
        assert producer._producer is not None
        producer._producer._message_accumulator.fail_all(OutOfOrderSequenceNumber())
        with pytest.raises(BrokerUnavailable, match="OutOfOrderSequenceNumber"):
            await producer.send(message_of(Ping(number=2)))
        await producer.wait_connected(60)
        await producer.send(message_of(Ping(number=3)), timeout=20)
    numbers = [Ping.model_validate_json(record.value).number for record in await kit.read_all(settings, "pings")]
    assert numbers == [1, 3]


async def test_a_worker_starts_without_kafka_and_consumes_when_it_comes(tmp_path: Path, database: Database) -> None:
    """Neither an order of starting nor a restart by the supervisor is needed; readiness says what is missing."""
    late = Broker(tmp_path)
    settings = kit.settings(late.bootstrap, "late.")
    async with kit.pool_of(database.app_url) as pool, Producer(settings, service="tests") as producer:
        ledger = Ledger(pool)
        pings = BatchConsumer(PINGS, Ping.model_validate_json, ledger.apply, group="tests", retry=FAST)
        from servicekit.worker import Worker

        async with Worker(
            settings, service="tests", producer=producer, topics=[PINGS, PINGS.dead_letters], consumers=[pings]
        ) as worker:
            ready, report = await worker.ready()
            assert not ready
            assert report["checks"]["consumer pings"] == "has not started"
            assert "Kafka does not answer" in report["checks"]["kafka"]
            try:
                await late.start()
                await kit.send_all(
                    settings, [{"key": b"a", "value": Ping(number=1).to_json()}, {"key": b"b", "value": b"?"}]
                )
                await until(ledger.numbers, timeout=60)
                ready, report = await worker.ready()
                assert ready, report
                assert report == {"ready": True, "checks": {"kafka": "ok", "consumer pings": "ok"}}
                await worker.__aexit__()
                assert len(await kit.read_all(settings, "pings.dlq")) == 1
            finally:
                await late.kill()


async def test_a_consumer_survives_the_brokers_sudden_death(
    settings: CommonSettings, broker: Broker, ledger: Ledger
) -> None:
    """Consuming goes on after SIGKILL and restart of the broker, without a restart of the worker, and loses nothing."""
    records = [{"key": b"a", "value": Ping(number=n).to_json()} for n in range(50)]
    await kit.send_all(settings, records)
    pings = BatchConsumer(
        PINGS, Ping.model_validate_json, ledger.apply, group="tests", retry=FAST, max_records=5, commit_timeout_s=120
    )
    async with working(settings, pings):
        await until(ledger.numbers)
        await broker.kill()
        await broker.start()
        await kit.send_all(settings, [{"key": b"b", "value": Ping(number=n).to_json()} for n in range(50, 100)])

        async def all_applied() -> bool:
            return await ledger.numbers() == list(range(100))

        await until(all_applied, timeout=90)


@asynccontextmanager
async def consumer_process(settings: CommonSettings, database: Database, **more: Any) -> AsyncIterator[Any]:
    environment = {
        **os.environ,
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "KAFKA_TOPIC_PREFIX": settings.kafka_topic_prefix,
        "KAFKA_SESSION_TIMEOUT_MS": "6000",
        "DATABASE_URL": database.app_url,
        **{name.upper(): str(value) for name, value in more.items()},
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.servicekit.consumer_process",
        cwd=CHECKOUT,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def applied(process: Any) -> int:
    async with asyncio.timeout(60):
        line: bytes = await process.stdout.readline()
    assert line.startswith(b"applied"), "the process ended"
    return int(line.split()[1])


async def test_a_process_killed_in_mid_batch_repeats_the_batch_and_loses_nothing(
    settings: CommonSettings, database: Database, ledger: Ledger
) -> None:
    """SIGKILL between the effect and the commit: the next process gets the batch again, exactly that one."""
    await kit.send_all(settings, [{"key": b"a", "value": Ping(number=n).to_json()} for n in range(40)])
    async with consumer_process(settings, database, max_records=10, pausing=True) as process:
        assert await applied(process) == 10
        process.stdin.write(b"\n")
        assert await applied(process) == 10
        process.kill()
        await process.wait()
    assert await kit.committed(settings, "tests.pings") == 10
    async with consumer_process(settings, database, max_records=10) as process:

        async def all_committed() -> bool:
            return await kit.committed(settings, "tests.pings") == 40

        await until(all_committed, timeout=60)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 30) == 0
    assert await ledger.numbers() == list(range(40))
    assert await ledger.repeated() == 10


async def test_a_commit_that_is_stuck_ends_the_process_with_a_failure(
    settings: CommonSettings, broker: Broker, database: Database, ledger: Ledger
) -> None:
    """A consumer that cannot commit must not hold its partitions: the process ends itself, and its code says why."""
    await kit.send_all(settings, [{"key": b"a", "value": Ping(number=1).to_json()}])
    async with consumer_process(settings, database, pausing=True) as process:
        await applied(process)
        broker.freeze()
        try:
            process.stdin.write(b"\n")
            assert await asyncio.wait_for(process.wait(), 40) == 70
        finally:
            broker.thaw()
    assert await ledger.numbers() == [1]


async def test_a_process_that_is_told_to_stop_ends_well(settings: CommonSettings, database: Database) -> None:
    """SIGTERM before, while and after connecting ends with 0."""
    await kit.send_all(settings, [{"key": b"a", "value": Ping(number=1).to_json()}])
    async with consumer_process(settings, database) as process:
        await applied(process)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 30) == 0
    nowhere = settings.model_copy(update={"kafka_bootstrap_servers": f"127.0.0.1:{free_port()}"})
    async with consumer_process(nowhere, database) as process:
        await until(_installed_handlers(process.pid), timeout=30)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 30) == 0


def _installed_handlers(pid: int) -> Callable[[], bool]:
    """Whether the process catches SIGTERM by now, as the kernel knows."""

    def installed() -> bool:
        status = Path(f"/proc/{pid}/status").read_text()
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
        return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)

    return installed
