"""Every consumer of every service is run over the golden examples of its topics, on real Kafka and PostgreSQL."""

import asyncio
import importlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from contracts import Topic, examples, topics
from contracts.registry import model_of
from servicekit.kafka import Message
from servicekit.producer import Producer
from servicekit.settings import CommonSettings
from tests import service_settings
from tests.databases import Database
from tests.servicekit import kit

SERVICES = ("playback", "progress", "analytics")


def records(consumed: list[Topic], *, unknown_field: bool = False) -> list[Message]:
    """The examples as records, keyed as their producer would."""
    found = []
    for topic in consumed:
        for example in examples.load(topic):
            value = example.value
            if unknown_field:
                value = json.dumps({**json.loads(value), "added_later": {"by": ["a", "newer", "producer"]}}).encode()
            event = model_of(topic.name).model_validate_json(example.value)
            found.append(Message(topic.name, event.key, value, (("content-type", b"application/json"),)))
    return found


async def publish(settings: CommonSettings, messages: list[Message]) -> None:
    async with Producer(settings, service="tests") as producer:
        await producer.wait_connected(60)
        await asyncio.gather(*(producer.send(message, timeout=30) for message in messages))


async def contents(database: Database) -> dict[str, int]:
    """Rows per table, of every table that the service fills."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {row[0]: await connection.fetchval(f'SELECT count(*) FROM "{row[0]}"') for row in names}
    finally:
        await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_consumers_accept_every_example(
    service: str, kafka_bootstrap: str, topic_prefix: str, make_database: Callable[..., Database]
) -> None:
    """Each example is applied or deliberately ignored: committed, not buried; and coming again, it changes nothing."""
    database = make_database(service)
    settings = service_settings.worker_settings(
        service, database_url=writer_url(database), bootstrap=kafka_bootstrap, prefix=topic_prefix
    )
    module = importlib.import_module(f"{service}_service.worker")
    async with module.create_worker(settings) as worker:
        await asyncio.wait_for(worker.consuming.wait(), 60)
        consumed = [topics.by_name(name) for name in dict.fromkeys(one.topic.name for one in worker.consumers)]
        groups = {consumer.topic.name: consumer.group for consumer in worker.consumers}

        async def all_committed(times: int) -> bool:
            counts = {topic.name: times * len(examples.load(topic)) for topic in consumed}
            offsets = [await kit.committed(settings, groups[name], name) for name in counts]
            return offsets == list(counts.values())

        await publish(settings, records(consumed))
        await kit.until(lambda: all_committed(1), timeout=60)
        once = await contents(database)
        await publish(settings, records(consumed, unknown_field=True))
        await kit.until(lambda: all_committed(2), timeout=60)
        assert await letters(settings, consumed) == []
    twice = await contents(database)
    for table in set(once) - {"outbox", "inbox"}:
        assert twice[table] == once[table], f"{table} grew when the same events came again"
    assert sum(once.values()) > len(consumed)


@pytest.mark.parametrize("service", SERVICES)
async def test_consumers_pass_tombstones_by(
    service: str, kafka_bootstrap: str, topic_prefix: str, make_database: Callable[..., Database]
) -> None:
    """Row G7: where a compacted topic is told to forget a key, nothing is buried, and the records around count."""
    database = make_database(service)
    settings = service_settings.worker_settings(
        service, database_url=writer_url(database), bootstrap=kafka_bootstrap, prefix=topic_prefix
    )
    async with importlib.import_module(f"{service}_service.worker").create_worker(settings) as worker:
        await asyncio.wait_for(worker.consuming.wait(), 60)
        groups = {consumer.topic.name: consumer.group for consumer in worker.consumers}
        compacted = [topic for topic in topics.TOPICS if topic.cleanup == "compact" and topic.name in groups]
        assert compacted
        stated = records(compacted)
        forgotten = [replace(message, value=None) for message in stated]
        await publish(settings, [*forgotten, *stated, *forgotten])

        async def all_committed() -> bool:
            counts = {topic.name: 3 * len(examples.load(topic)) for topic in compacted}
            return [await kit.committed(settings, groups[name], name) for name in counts] == list(counts.values())

        await kit.until(all_committed, timeout=60)
        assert await letters(settings, compacted) == []
    assert sum((await contents(database)).values()) > len(compacted)


def writer_url(database: Database) -> str:
    """The role that a service's worker writes with."""
    return database.worker_url


async def letters(settings: CommonSettings, consumed: list[Topic]) -> list[Any]:
    """Why records of these topics were buried."""
    buried = [record for topic in consumed for record in await kit.read_all(settings, topic.dead_letters.name)]
    return [(record.topic, dict(record.headers)["x-error"], record.value) for record in buried]
