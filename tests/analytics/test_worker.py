"""The worker on real Kafka and PostgreSQL: what the log says ends up in the report, however often it is read."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from analytics_service.settings import Settings, WorkerSettings
from analytics_service.worker import create_worker
from contracts import Event, topics
from servicekit import kafka
from servicekit.database import Pool
from servicekit.errors import BrokerUnavailable
from servicekit.topic_ids import fetch_topic_id
from tests.analytics import log
from tests.analytics.naive import numbers
from tests.analytics.test_counting import dump
from tests.databases import Database


@pytest.fixture
def settings(analytics_database: Database, kafka_bootstrap: str, topic_prefix: str) -> Settings:
    return WorkerSettings(
        database_url=analytics_database.worker_url,
        kafka_bootstrap_servers=kafka_bootstrap,
        kafka_topic_prefix=topic_prefix,
        kafka_session_timeout_ms=6_000,
    )


@pytest.fixture
async def producer(settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    running = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers, acks="all")
    await running.start()
    yield running
    await running.stop()


async def publish(producer: AIOKafkaProducer, settings: Settings, events: Iterable[Event]) -> None:
    """Write the events to their topics, in order per key, each with an id of its own."""
    sent = [
        await producer.send(
            settings.kafka_topic_prefix + event.topic_name,
            event.to_json(),
            key=event.key.encode(),
            headers=[("ce_id", str(uuid4()).encode())],
        )
        for event in events
    ]
    await asyncio.gather(*sent)


async def until(holds: Callable[[], Awaitable[bool]], *, timeout_s: float = 60) -> None:
    async with asyncio.timeout(timeout_s):
        while not await holds():
            await asyncio.sleep(0.05)


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[None]:
    async with create_worker(settings) as worker:
        async with asyncio.timeout(60):
            await worker.consuming.wait()
        yield


def has_consumed(pool: Pool, settings: Settings, topic: str) -> Callable[[], Awaitable[bool]]:
    """Whether the stored offsets have reached the end of every partition of the topic as it is now."""
    name = settings.kafka_topic_prefix + topic

    async def holds() -> bool:
        topic_id = await fetch_topic_id(settings, name)
        rows = await pool.fetch(
            "SELECT partition, next_offset FROM applied_offsets WHERE topic = $1 AND topic_id = $2", name, topic_id
        )
        stored = {row["partition"]: row["next_offset"] for row in rows}
        return stored == {p: end for p, end in (await ends(settings, name)).items() if end}

    return holds


async def ends(settings: Settings, name: str) -> dict[int, int]:
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap_servers)
    await consumer.start()
    try:
        partitions = consumer.partitions_for_topic(name) or await _partitions(consumer, name)
        offsets = await consumer.end_offsets([TopicPartition(name, number) for number in partitions])
        return {partition.partition: offset for partition, offset in offsets.items()}
    finally:
        await consumer.stop()


async def _partitions(consumer: AIOKafkaConsumer, name: str) -> set[int]:
    consumer.subscribe([name])
    await until(lambda: _known(consumer, name))
    return set(consumer.partitions_for_topic(name) or ())


async def _known(consumer: AIOKafkaConsumer, name: str) -> bool:
    return bool(consumer.partitions_for_topic(name))


async def rewind(settings: Settings, topic: str) -> None:
    """Lose the group's commits on a topic, as a crash before the commit would."""
    group = f"{settings.kafka_topic_prefix}analytics.{topic}"
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap_servers, group_id=group, enable_auto_commit=False
    )
    await consumer.start()
    try:
        name = settings.kafka_topic_prefix + topic
        partitions = [TopicPartition(name, number) for number in (await ends(settings, name))]
        consumer.assign(partitions)
        await consumer.commit(dict.fromkeys(partitions, 0))
    finally:
        await consumer.stop()


async def test_what_is_logged_is_counted_once_also_after_lost_commits_and_second_deliveries(
    pool: Pool, settings: Settings, producer: AIOKafkaProducer
) -> None:
    """The worker consumes; its commits are lost and events are logged again; it counts what the log says, once."""
    events = log.random_watching(11, events=200)
    half = len(events) // 2
    projections = [log.course(), *map(log.lesson, log.LESSON_MS)]
    consumed = [
        has_consumed(pool, settings, topic.name)
        for topic in (topics.COURSE_CHANGED, topics.LESSON_CHANGED, topics.PROGRESS_ADVANCED, topics.LESSON_COMPLETED)
    ]
    async with working(settings):
        await publish(producer, settings, [*projections, *events[:half]])
        for holds in consumed:
            await until(holds)

    lost = [topics.PROGRESS_ADVANCED.name, topics.LESSON_COMPLETED.name]
    for topic in lost:
        await rewind(settings, topic)
    await publish(producer, settings, events[half - 30 : half])
    full_names = [settings.kafka_topic_prefix + topic for topic in lost]
    await pool.execute("DELETE FROM applied_offsets WHERE partition % 2 = 0 AND topic = ANY($1)", full_names)

    async with working(settings):
        await publish(producer, settings, [*events[half:], *random.Random(1).sample(events, 20)])
        for holds in consumed:
            await until(holds)

    for lesson_id in log.LESSON_MS:
        row = await pool.fetchrow(
            "SELECT views, viewers, completions, covered_ms + replayed_ms FROM lesson_sums WHERE lesson_id = $1",
            lesson_id,
        )
        n = numbers(lesson_id, events, 1)
        assert tuple(row or ()) == (n.views, n.viewers, n.completions, n.watched_ms)


async def test_a_damaged_record_becomes_a_dead_letter_and_the_rest_is_counted(
    pool: Pool, settings: Settings, producer: AIOKafkaProducer
) -> None:
    """Neither what cannot be parsed nor what cannot be applied stops the partition or leaves a number."""
    name = settings.kafka_topic_prefix + topics.PROGRESS_ADVANCED.name
    async with working(settings):
        await publish(producer, settings, [log.advanced(1)])
        await producer.send_and_wait(name, b"{not json", key=b"u1")
        bad = [log.advanced(2, covered=((9, 3),)), log.advanced(4, covered=((0, 2**50),))]
        await publish(producer, settings, [*bad, log.advanced(3)])
        await until(has_consumed(pool, settings, topics.PROGRESS_ADVANCED.name))
        await until(lambda: _at_least(settings, f"{name}.dlq", 3), timeout_s=120)
    assert await pool.fetchval("SELECT covered_ms + replayed_ms FROM lesson_sums") == 20_000


async def _at_least(settings: Settings, topic: str, expected: int) -> bool:
    """A batch that comes again, because its commit was late, buries its dead again."""
    return sum((await ends(settings, topic)).values()) >= expected


async def test_events_of_a_recreated_topic_count(pool: Pool, settings: Settings, producer: AIOKafkaProducer) -> None:
    """A topic that was deleted and made anew begins at offset 0 again, and what is logged there counts."""
    name = settings.kafka_topic_prefix + topics.PROGRESS_ADVANCED.name
    holds = has_consumed(pool, settings, topics.PROGRESS_ADVANCED.name)
    async with working(settings):
        await publish(producer, settings, [log.advanced(n, at_s=n) for n in range(1, 6)])
        await until(holds)
    old_id = await fetch_topic_id(settings, name)
    before = await dump(pool)

    await _recreate(settings, name, old_id)
    async with working(settings):
        await publish(producer, settings, [log.advanced(n, at_s=n) for n in range(4, 9)])
        await until(holds)

    assert await pool.fetchval("SELECT covered_ms + replayed_ms FROM lesson_sums") == 8 * 10_000
    assert await pool.fetchval("SELECT count(*) FROM applied_offsets WHERE topic = $1", name) == 2
    assert await dump(pool) != before


async def _recreate(settings: Settings, name: str, old_id: object) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers, request_timeout_ms=10_000)
    await admin.start()
    try:
        await admin.delete_topics([name])
    finally:
        await admin.close()

    async def gone() -> bool:
        try:
            await fetch_topic_id(settings, name)
        except BrokerUnavailable:
            return True
        return False

    await until(gone)
    await kafka.ensure_topics(settings, [topics.PROGRESS_ADVANCED])

    async def there() -> bool:
        try:
            return await fetch_topic_id(settings, name) != old_id
        except BrokerUnavailable:
            return False

    await until(there)


async def test_the_worker_starts_before_its_database_and_kafka(settings: Settings) -> None:
    """Without either it runs and says what is missing, instead of ending."""
    lost = settings.model_copy(
        update={"database_url": "postgresql://nobody@127.0.0.1:9/none", "kafka_bootstrap_servers": "127.0.0.1:9"}
    )
    async with create_worker(lost) as worker:
        ready, report = await worker.ready()
    assert not ready
    assert report["checks"]["database"] != "ok"
    assert report["checks"]["kafka"] != "ok"
