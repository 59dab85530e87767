"""Reading topics from where one likes to where one likes, beside the consumers: no group, no commit, no rebalance."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from servicekit.errors import BrokerUnavailable
from servicekit.settings import CommonSettings

__all__ = ["ConsumerRecord", "LogReader", "TopicPartition", "open_log"]

_POLL_MS = 1_000
_SILENCE_S = 60


@dataclass(frozen=True, slots=True)
class LogReader:
    """All partitions of some topics. `beginnings` and `ends` are as they were when it was opened."""

    beginnings: Mapping[TopicPartition, int]
    ends: Mapping[TopicPartition, int]
    _consumer: AIOKafkaConsumer

    async def read(
        self, partitions: Collection[TopicPartition], *, most: int
    ) -> Mapping[TopicPartition, Sequence[ConsumerRecord[Any, Any]]]:
        """Some records, at least one, of some of these partitions, each from where its last read or seek left it.

        What was compacted away is passed over. Raises BrokerUnavailable if nothing comes within a minute, or where
        there is nothing any more.
        """
        try:
            async with asyncio.timeout(_SILENCE_S):
                while True:
                    found = await self._consumer.getmany(*partitions, timeout_ms=_POLL_MS, max_records=most)
                    if found := {partition: records for partition, records in found.items() if records}:
                        return found
        except (KafkaError, TimeoutError) as error:
            names = ", ".join(sorted({partition.topic for partition in partitions}))
            raise BrokerUnavailable(f"no records of {names}: {type(error).__name__}") from error

    async def between(self, partition: TopicPartition, first: int, end: int) -> list[ConsumerRecord[Any, Any]]:
        """What there is of a partition from `first` up to before `end`, of records that are not compacted."""
        found: list[ConsumerRecord[Any, Any]] = []
        first, end = max(first, self.beginnings[partition]), min(end, self.ends[partition])
        self.seek(partition, first)
        while first < end:
            records = (await self.read([partition], most=end - first))[partition]
            found += [record for record in records if record.offset < end]
            first = records[-1].offset + 1
        return found

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Read on from that offset."""
        self._consumer.seek(partition, offset)


@asynccontextmanager
async def open_log(settings: CommonSettings, topics: Collection[str]) -> AsyncIterator[LogReader]:
    """The topics of these full names, which have to exist, from their beginnings. Raises BrokerUnavailable."""
    consumer = _consumer(settings)
    try:
        try:
            async with asyncio.timeout(60):
                await consumer.start()
                partitions = await _partitions(settings, topics)
                reader = LogReader(
                    await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions), consumer
                )
        except (KafkaError, OSError, TimeoutError) as error:
            raise BrokerUnavailable(f"the log cannot be read: {type(error).__name__}") from error
        consumer.assign(partitions)
        for partition, offset in reader.beginnings.items():
            reader.seek(partition, offset)
        yield reader
    finally:
        await consumer.stop()


async def log_ends(
    settings: CommonSettings, topics: Collection[str], *, timeout: float
) -> Mapping[TopicPartition, int]:
    """Up to where the topics of these full names, which have to exist, go. Raises BrokerUnavailable."""
    consumer = _consumer(settings)
    try:
        async with asyncio.timeout(timeout):
            await consumer.start()
            ends: Mapping[TopicPartition, int] = await consumer.end_offsets(await _partitions(settings, topics))
            return ends
    except (KafkaError, OSError, TimeoutError) as error:
        raise BrokerUnavailable(f"the log cannot be read: {type(error).__name__}") from error
    finally:
        await consumer.stop()


def _consumer(settings: CommonSettings) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap_servers,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        request_timeout_ms=20_000,
    )


async def _partitions(settings: CommonSettings, topics: Collection[str]) -> list[TopicPartition]:
    """A topic that was just made may take a moment to be known."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers, request_timeout_ms=10_000)
    try:
        await admin.start()
        while True:
            found = await admin.describe_topics(list(topics))
            if all(not topic["error_code"] and topic["partitions"] for topic in found):
                return [
                    TopicPartition(topic["topic"], partition["partition"])
                    for topic in found
                    for partition in topic["partitions"]
                ]
            await asyncio.sleep(0.2)
    finally:
        await admin.close()
