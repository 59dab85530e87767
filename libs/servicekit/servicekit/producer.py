"""A producer that connects by itself and says at once when it cannot: bounded waits, not aiokafka's long ones."""

import asyncio
import random
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    KafkaError,
    OutOfOrderSequenceNumber,
    ProducerClosed,
    ProducerFenced,
)
from aiokafka.partitioner import murmur2

from servicekit.errors import BrokerUnavailable
from servicekit.kafka import Header, Message
from servicekit.settings import CommonSettings
from servicekit.telemetry import get_logger

_FATAL = (OutOfOrderSequenceNumber, ProducerClosed, ProducerFenced)

log = get_logger(__name__)

_hash: Callable[[bytes], int] = lru_cache(20_000)(murmur2)
"""Kafka's hash of a key takes aiokafka 10 µs and more, in pure Python; keys come again and again."""


def partition_of(key: bytes | None, partitions: Sequence[int], available: Sequence[int]) -> int:
    """Where Kafka's own clients put the key; a record without one goes to whichever partition has a leader."""
    if key is None:
        return random.choice(available or partitions)
    return partitions[(_hash(key) & 0x7FFFFFFF) % len(partitions)]


class Producer:
    """An aiokafka producer that connects by itself, and says BrokerUnavailable instead of waiting.

    A send that timed out may still arrive later: whoever repeats it relies on consumers being idempotent.
    """

    def __init__(self, settings: CommonSettings, *, service: str, linger_ms: int = 0) -> None:
        self._settings, self._service, self._linger_ms = settings, service, linger_ms
        self._prefix = settings.kafka_topic_prefix
        self._producer: AIOKafkaProducer | None = None
        self._connecting: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Producer":
        self._connecting = asyncio.create_task(self._connect(), name="kafka-producer-connect")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
            with suppress(asyncio.CancelledError):
                await self._connecting
        if self._producer is not None:
            with suppress(TimeoutError, KafkaError):
                async with asyncio.timeout(10):
                    await self._producer.stop()

    async def _connect(self, broken: AIOKafkaProducer | None = None) -> None:
        if broken is not None:
            with suppress(Exception):
                async with asyncio.timeout(10):
                    await broken.stop()
        delay = 0.2
        while True:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._settings.kafka_bootstrap_servers,
                client_id=f"seatime-{self._service}-{socket.gethostname()}",
                acks="all",
                enable_idempotence=True,
                linger_ms=self._linger_ms,
                partitioner=partition_of,
                max_batch_size=131_072,
                compression_type="lz4",
                request_timeout_ms=10_000,
                retry_backoff_ms=100,
                metadata_max_age_ms=60_000,
            )
            try:
                async with asyncio.timeout(10):
                    await producer.start()
            except (KafkaError, OSError, TimeoutError) as error:
                log.warning("kafka is not reachable", error=type(error).__name__)
                with suppress(Exception):
                    await producer.stop()
                await asyncio.sleep(delay)
                delay = min(delay * 2, 5)
            else:
                self._producer = producer
                return

    @property
    def connected(self) -> bool:
        """Whether it has reached Kafka; from then on aiokafka reconnects by itself."""
        return self._producer is not None

    async def wait_connected(self, timeout: float) -> None:
        """Wait up to `timeout` s for the first connection; BrokerUnavailable if there is none."""
        try:
            async with asyncio.timeout(timeout):
                await asyncio.shield(self._connecting or asyncio.sleep(0))
        except TimeoutError:
            raise BrokerUnavailable("no connection to Kafka yet") from None

    async def send(self, message: Message, *, timeout: float = 2) -> None:
        """Send and wait until all in-sync replicas have it. BrokerUnavailable after `timeout` s or on failure."""
        await self.send_raw(
            self._prefix + message.topic,
            key=message.key.encode(),
            value=message.value,
            headers=message.headers,
            timeout=timeout,
        )

    async def send_raw(
        self,
        topic: str,
        *,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[Header],
        timestamp_ms: int | None = None,
        timeout: float = 10,
    ) -> None:
        """Send bytes as they are to a full topic name, as of now or of `timestamp_ms`; errors as for `send`."""
        producer = self._producer
        if producer is None:
            raise BrokerUnavailable("no connection to Kafka yet")
        try:
            async with asyncio.timeout(timeout):
                await producer.send_and_wait(topic, value, key=key, headers=list(headers), timestamp_ms=timestamp_ms)
        except TimeoutError as error:
            raise BrokerUnavailable("Kafka did not acknowledge in time") from error
        except (KafkaError, OSError) as error:
            if isinstance(error, _FATAL) or type(error) is KafkaError:
                self._replace(producer)
            raise BrokerUnavailable(f"Kafka refused: {type(error).__name__}") from error

    def _replace(self, broken: AIOKafkaProducer) -> None:
        """A producer that has failed for good answers every send with the same error: take a new one."""
        if self._producer is not broken:
            return
        log.error("the producer has failed for good, connecting anew", service=self._service)
        self._producer = None
        self._connecting = asyncio.create_task(self._connect(broken), name="kafka-producer-connect")
