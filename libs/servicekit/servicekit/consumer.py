"""The reliable batch consumer: at-least-once delivery that neither loses a record nor lets one block its partition.

Records arrive raw. What cannot be parsed goes to the dead-letter topic; what fails is retried in place with
back-off, and, if it can never succeed, found by halving the batch. Offsets are committed only after the effect and
the dead letters are durable. Too many dead letters halt the consumer: a bad deploy must not drain a topic.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage

from servicekit import lag, metrics, telemetry, tracing
from servicekit.database import TRANSIENT
from servicekit.deadletters import DeadLetterLimit, DeathRate, bury
from servicekit.errors import BrokerUnavailable, Unavailable
from servicekit.kafka import TopicSpec
from servicekit.process import terminate
from servicekit.producer import Producer
from servicekit.received import Received
from servicekit.settings import CommonSettings

E = TypeVar("E")

PASSING = (*TRANSIENT, Unavailable, KafkaError)
"""What may pass by itself and is therefore retried."""

__all__ = ["BatchConsumer", "DeadLetterLimit", "Received", "RetryPolicy"]

log = telemetry.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Back-off for what may pass: `first_s` doubling up to `max_s`, for `budget_s` before the batch is fetched anew."""

    first_s: float = 0.1
    max_s: float = 5
    budget_s: float = 60


class BatchConsumer(Generic[E]):
    """Feeds `handle` with parsed records of one topic, in batches, at least once and in order per key.

    `handle` applies a whole batch in one transaction and raises if it could not. It must be idempotent.
    `parse` turns a record's value into an event and raises if it cannot.
    """

    def __init__(
        self,
        topic: TopicSpec,
        parse: Callable[[bytes], E],
        handle: Callable[[Sequence[Received[E]]], Awaitable[None]],
        *,
        group: str,
        max_records: int = 500,
        retry: RetryPolicy = RetryPolicy(),
        limit: DeadLetterLimit = DeadLetterLimit(),
        commit_timeout_s: float = 10,
    ) -> None:
        self.topic, self.group = topic, f"{group}.{topic.name}"
        self._parse, self._handle = parse, handle
        self._max_records, self._retry = max_records, retry
        self._commit_timeout_s = commit_timeout_s
        self._deaths = DeathRate(limit)
        self._stopping = asyncio.Event()
        self._subscriber: Any = None
        self._producer: Producer | None = None
        self._failing_since: float | None = None
        self._lag = lag.Lag()
        self.last_turn = time.monotonic()

    def attach(self, broker: KafkaBroker, settings: CommonSettings, producer: Producer) -> None:
        """Subscribe on the broker, with manual commits and from the earliest record."""
        self._producer = producer
        self._subscriber = broker.subscriber(
            settings.kafka_topic_prefix + self.topic.name,
            group_id=settings.kafka_topic_prefix + self.group,
            batch=True,
            max_records=self._max_records,
            batch_timeout_ms=20,
            parser=self._without_parsing,
            decoder=self._without_decoding,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            session_timeout_ms=settings.kafka_session_timeout_ms,
            heartbeat_interval_ms=1_000,
            max_poll_interval_ms=300_000,
            fetch_max_wait_ms=250,
            include_in_schema=False,
        )
        self._subscriber(self._on_batch)

    @property
    def halted(self) -> str | None:
        """Why it stopped consuming, if it did."""
        return self._deaths.halted

    @property
    def failing_s(self) -> float:
        """For how long (s) the batch in hand has been failing; 0 if it is not."""
        return time.monotonic() - self._failing_since if self._failing_since is not None else 0.0

    def stop(self) -> None:
        """Wait for nothing any more: a batch that is being retried is given back at once. Before the broker's stop."""
        self._stopping.set()

    def assignment(self) -> frozenset[TopicPartition]:
        """The partitions that are ours now."""
        consumer = self._subscriber.consumer if self._subscriber is not None else None
        return frozenset(consumer.assignment()) if consumer is not None else frozenset()

    async def lag(self) -> int:
        """Records of our partitions that the broker has told us of and that have not been fetched."""
        consumer = self._subscriber.consumer if self._subscriber is not None else None
        return await lag.unfetched(consumer) if consumer is not None else 0

    async def lag_s(self) -> float:
        """For how long (s) the oldest record of our partitions that is not applied and committed has been there."""
        consumer = self._subscriber.consumer if self._subscriber is not None else None
        return await self._lag.seconds(consumer) if consumer is not None else 0.0

    async def _without_parsing(self, records: tuple[ConsumerRecord[Any, Any], ...]) -> KafkaAckableMessage:
        return KafkaAckableMessage(raw_message=records, body=b"", consumer=self._subscriber.consumer)

    async def _without_decoding(self, message: KafkaAckableMessage) -> KafkaAckableMessage:
        return message

    async def _on_batch(self, message: KafkaAckableMessage) -> None:
        """Every way out commits the batch or rewinds it: if it did neither, the next commit would lose it."""
        self.last_turn = time.monotonic()
        records = message.raw_message if isinstance(message.raw_message, tuple) else (message.raw_message,)
        with self._lag.holding(records):
            await self._turn(message, records)

    async def _turn(self, message: KafkaAckableMessage, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        if self.halted is not None or self._stopping.is_set():
            await self._pause(5)
            self._rewind(records)
            return
        try:
            await self._process(records, time.monotonic() + self._retry.budget_s)
        except Exception as error:
            log.error(
                "giving the batch back",
                topic=self.topic.name,
                records=len(records),
                error=repr(error),
                exc_info=not isinstance(error, PASSING),
            )
            metrics.CONSUMED.labels(self.topic.name, "given back").inc(len(records))
            await self._pause(self._retry.max_s)
            self._rewind(records)
        else:
            self._failing_since = None
            await self._commit(message)
            self._lag.done(records)

    async def _process(self, records: Sequence[ConsumerRecord[Any, Any]], deadline: float) -> None:
        parsed: list[Received[E]] = []
        for record in records:
            if record.value is None:
                metrics.CONSUMED.labels(self.topic.name, "tombstone").inc()
                continue
            try:
                received = Received.of(record, self._parse(record.value))
            except Exception as error:
                await self._bury(record, "unparsable", error, deadline)
            else:
                parsed.append(received)
        if parsed:
            with metrics.BATCH_SECONDS.labels(self.topic.name).time():
                await self._apply(parsed, deadline)

    async def _apply(self, batch: Sequence[Received[E]], deadline: float) -> None:
        telemetry.traceparent.set(telemetry.continue_trace(batch[0].traceparent))
        try:
            with tracing.consuming(self.topic.name, batch):
                await self._until(deadline, lambda: self._handle(batch))
        except PASSING:
            raise
        except Exception as error:
            if len(batch) == 1:
                log.exception("a record cannot be applied", topic=self.topic.name, offset=batch[0].offset)
                await self._bury(batch[0].record, "failed", error, deadline)
                return
            middle = len(batch) // 2
            await self._apply(batch[:middle], deadline)
            await self._apply(batch[middle:], deadline)
        else:
            metrics.CONSUMED.labels(self.topic.name, "applied").inc(len(batch))

    async def _until(self, deadline: float, attempt: Callable[[], Awaitable[None]]) -> None:
        delay = self._retry.first_s
        while True:
            try:
                return await attempt()
            except PASSING as error:
                self._failing_since = self._failing_since or time.monotonic()
                if self._stopping.is_set() or time.monotonic() + delay > deadline:
                    raise
                log.warning("will retry", topic=self.topic.name, error=repr(error), delay_s=round(delay, 2))
                metrics.CONSUMED.labels(self.topic.name, "retried").inc()
            await self._pause(delay * random.uniform(0.5, 1.0))
            delay = min(delay * 2, self._retry.max_s)

    async def _bury(self, record: ConsumerRecord[Any, Any], reason: str, error: Exception, deadline: float) -> None:
        self._deaths.count(reason)
        producer = self._producer
        if producer is None:
            raise BrokerUnavailable("no producer for dead letters")
        await self._until(deadline, lambda: bury(producer, record, reason=reason, error=error, group=self.group))

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    def _rewind(self, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        """Back to the batch's first record in each partition that is still ours; others start from their commit."""
        consumer = self._subscriber.consumer
        if consumer is None:
            return
        first: dict[TopicPartition, int] = {}
        for record in records:
            partition = TopicPartition(record.topic, record.partition)
            first[partition] = min(record.offset, first.get(partition, record.offset))
        for partition in first.keys() & consumer.assignment():
            consumer.seek(partition, first[partition])

    async def _commit(self, message: KafkaAckableMessage) -> None:
        try:
            async with asyncio.timeout(self._commit_timeout_s):
                await message.ack()
        except TimeoutError:
            self.stop()
            terminate(f"committing offsets of {self.topic.name} has been stuck for {self._commit_timeout_s:.0f} s")
        except KafkaError as error:  # mostly: the partitions moved; the batch comes again, here or there
            log.warning("offsets not committed", topic=self.topic.name, error=type(error).__name__)
