"""How far a consumer is behind, in records and in time, as it is when somebody asks."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError

from servicekit.waiting import Waiting

Records = Sequence[ConsumerRecord[Any, Any]]
_PATIENCE_S = 1


def partitions_of(records: Records) -> set[TopicPartition]:
    return {TopicPartition(record.topic, record.partition) for record in records}


async def unfetched(consumer: AIOKafkaConsumer) -> int:
    """Records of its partitions that the broker has told of and that have not been fetched. Raises TimeoutError."""
    total = 0
    for partition in consumer.assignment():
        highwater = consumer.highwater(partition)
        if highwater is not None:
            async with asyncio.timeout(_PATIENCE_S):
                total += max(0, highwater - await consumer.position(partition))
    return total


class Lag:
    """One consumer's: told of each batch, it knows for how long the oldest record has been waiting."""

    def __init__(self) -> None:
        self._waiting: Waiting[TopicPartition] = Waiting()
        self._in_hand = False
        self._missed_since: float | None = None

    @contextmanager
    def holding(self, records: Records) -> Iterator[None]:
        """A batch that has come; it waits until it is `done`, be it given back meanwhile."""
        self._waiting.came((TopicPartition(record.topic, record.partition), record) for record in records)
        self._in_hand, self._missed_since = True, None
        try:
            yield
        finally:
            self._in_hand = False

    def done(self, records: Records) -> None:
        self._waiting.done(partitions_of(records))

    async def seconds(self, consumer: AIOKafkaConsumer) -> float:
        """Age of the oldest record of its partitions that is not applied and committed; 0 if there is none.

        How old records are that never came only the broker knows: they count from when they were first missed.
        """
        if not self._in_hand:
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    ours = {partition: await consumer.position(partition) for partition in consumer.assignment()}
                behind = await unfetched(consumer) > 0
            except (TimeoutError, IllegalStateError):  # partitions that come and go just now, or no broker to ask
                behind = self._missed_since is not None
            else:
                self._waiting.keep(ours)
            self._missed_since = (self._missed_since or time.monotonic()) if behind else None
        missed_s = time.monotonic() - self._missed_since if self._missed_since is not None else 0.0
        return max(self._waiting.age_s(time.time()), missed_s)
