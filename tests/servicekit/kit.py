"""What the tests of the mechanism share: an event without a domain, a topic, a worker, and ways to wait and look."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from pydantic import BaseModel

from servicekit.consumer import BatchConsumer
from servicekit.database import Connection, Pool, create_pool
from servicekit.kafka import ensure_topics
from servicekit.producer import Producer
from servicekit.received import Received
from servicekit.settings import CommonSettings
from servicekit.worker import Worker
from tests.polling import PATIENCE_S, until

SECRET = "a-secret-of-the-tests-with-forty-characters"


@dataclass(frozen=True)
class Topic:
    name: str = "pings"
    partitions: int = 2
    config: Mapping[str, str] = field(default_factory=dict)

    @property
    def dead_letters(self) -> "Topic":
        return Topic(f"{self.name}.dlq", 1)


PINGS = Topic()


class Ping(BaseModel):
    """An event that means nothing."""

    number: int
    group: str = "a"
    padding: str = ""
    topic_name: str = "pings"
    event_type: str = "tests.ping.v1"
    event_source: str = "/tests"

    @property
    def key(self) -> str:
        return self.group

    def to_json(self) -> bytes:
        return self.model_dump_json().encode()


def settings(bootstrap: str, prefix: str, **more: Any) -> CommonSettings:
    values: dict[str, Any] = {
        "kafka_bootstrap_servers": bootstrap,
        "kafka_topic_prefix": prefix,
        "kafka_session_timeout_ms": 6_000,
        "auth_jwt_secret": SECRET,
    }
    return CommonSettings(**(values | more))


def through(url: str, port: int) -> str:
    """The same database behind another port."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{port}"))


async def raw_producer(settings: CommonSettings) -> Any:
    """An aiokafka producer, to write what our own never would."""
    from aiokafka import AIOKafkaProducer

    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers, acks="all")
    await producer.start()
    return producer


async def send_all(settings: CommonSettings, records: Sequence[dict[str, Any]], topic: Topic = PINGS) -> None:
    """Write raw records (keyword arguments of aiokafka's `send`) in this order."""
    await ensure_topics(settings, [topic, topic.dead_letters])
    producer = await raw_producer(settings)
    try:
        await asyncio.gather(
            *[await producer.send(settings.kafka_topic_prefix + topic.name, **record) for record in records]
        )
    finally:
        await producer.stop()


async def read_all(settings: CommonSettings, topic: str) -> list[ConsumerRecord[Any, Any]]:
    """Every record that the topic (without prefix) holds now, in order per partition."""
    name = settings.kafka_topic_prefix + topic
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap_servers, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(name, number) for number in await until(lambda: _partitions(consumer, name))]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[ConsumerRecord[Any, Any]] = []
        async with asyncio.timeout(PATIENCE_S):
            while any([await consumer.position(partition) < end for partition, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found += records
        return found
    finally:
        await consumer.stop()


async def _partitions(consumer: Any, name: str) -> set[int]:
    await consumer._client.force_metadata_update()
    return consumer.partitions_for_topic(name) or set()


async def committed(settings: CommonSettings, group: str, topic: str = "pings") -> int:
    """The sum of the offsets that the group (without prefix) has committed."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(settings.kafka_topic_prefix + group)
    finally:
        await admin.close()
    return sum(
        meta.offset
        for partition, meta in offsets.items()
        if partition.topic == settings.kafka_topic_prefix + topic and meta.offset > 0
    )


@asynccontextmanager
async def working(
    settings: CommonSettings, *consumers: BatchConsumer[Any], service: str = "tests", **more: Any
) -> AsyncIterator[Worker]:
    """A worker with these consumers, its producer and its topics; yields when it consumes."""
    topics = [topic for consumer in consumers for topic in (consumer.topic, Topic(f"{consumer.topic.name}.dlq", 1))]
    async with Producer(settings, service=service) as producer:
        worker = Worker(settings, service=service, producer=producer, topics=topics, consumers=consumers, **more)
        async with worker:
            async with asyncio.timeout(PATIENCE_S):
                await worker.consuming.wait()
            yield worker


@asynccontextmanager
async def pool_of(url: str, **more: Any) -> AsyncIterator[Pool]:
    pool = await create_pool(url, application_name="tests", **more)
    try:
        yield pool
    finally:
        pool.terminate()


class Ledger:
    """A handler's table: each ping once, however often it comes, and how often it came."""

    DDL = """
        CREATE TABLE IF NOT EXISTS ledger (
            number integer PRIMARY KEY CHECK (number < 1000000),
            seen   integer NOT NULL DEFAULT 1,
            place  bigint GENERATED ALWAYS AS IDENTITY
        )
    """

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def apply(self, batch: Sequence[Received[Ping]]) -> None:
        from servicekit.database import transaction

        async with transaction(self.pool) as conn:
            await write(conn, [received.event.number for received in batch])

    async def numbers(self) -> list[int]:
        return [row["number"] for row in await self.pool.fetch("SELECT number FROM ledger ORDER BY number")]

    async def repeated(self) -> int:
        return int(await self.pool.fetchval("SELECT coalesce(sum(seen - 1), 0) FROM ledger"))


async def write(conn: Connection, numbers: Sequence[int]) -> None:
    await conn.execute(
        """
        INSERT INTO ledger (number) SELECT * FROM unnest($1::integer[]) AS t (number) ORDER BY 1
        ON CONFLICT (number) DO UPDATE SET seen = ledger.seen + 1
        """,
        list(numbers),
    )


async def execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def delete_before(settings: CommonSettings, topic: str, offset: int) -> None:
    """Have the broker forget what the first partition of the topic (without prefix) holds before that offset."""
    partition = TopicPartition(settings.kafka_topic_prefix + topic, 0)
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        await admin.delete_records({partition: RecordsToDelete(before_offset=offset)})
    finally:
        await admin.close()
