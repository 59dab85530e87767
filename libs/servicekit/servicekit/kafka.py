"""Kafka with defaults that do not lose messages: explicit topics, `acks=all`, manual commits, bounded waits."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    KafkaError,
    OutOfOrderSequenceNumber,
    ProducerClosed,
    ProducerFenced,
    TopicAlreadyExistsError,
    for_code,
)
from faststream.kafka import KafkaBroker

from servicekit.errors import BrokerUnavailable
from servicekit.settings import CommonSettings
from servicekit.telemetry import get_logger

Header = tuple[str, bytes]

_FATAL = (OutOfOrderSequenceNumber, ProducerClosed, ProducerFenced)

log = get_logger(__name__)


class TopicSpec(Protocol):
    """What a topic registry tells about a topic."""

    @property
    def name(self) -> str: ...
    @property
    def partitions(self) -> int: ...
    @property
    def config(self) -> Mapping[str, str]: ...


class Publishable(Protocol):
    """What an event must tell to be published."""

    @property
    def topic_name(self) -> str: ...
    @property
    def event_type(self) -> str: ...
    @property
    def event_source(self) -> str: ...
    @property
    def key(self) -> str: ...
    def to_json(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Message:
    """A record ready to be sent. `topic` is without the deployment's prefix."""

    topic: str
    key: str
    value: bytes
    headers: tuple[Header, ...]


def cloud_event_headers(
    *, event_id: UUID | str, event_type: str, source: str, time: datetime, traceparent: str | None
) -> tuple[Header, ...]:
    """Headers of the CloudEvents 1.0 Kafka binding in binary mode, with the W3C trace where there is one."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(event_id).encode()),
        ("ce_type", event_type.encode()),
        ("ce_source", source.encode()),
        ("ce_time", time.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()),
        ("content-type", b"application/json"),
    ]
    if traceparent is not None:
        headers.append(("traceparent", traceparent.encode()))
    return tuple(headers)


def make_broker(settings: CommonSettings, service: str) -> KafkaBroker:
    """A FastStream broker for consuming. Subscribers are added by `BatchConsumer.attach` only."""
    return KafkaBroker(
        settings.kafka_bootstrap_servers,
        client_id=f"seatime-{service}-{socket.gethostname()}",
        consumer_only=True,
        allow_auto_create_topics=False,
        request_timeout_ms=10_000,
        retry_backoff_ms=200,
        metadata_max_age_ms=60_000,
        graceful_timeout=20,
        apply_types=False,
        logger=logging.getLogger("seatime.faststream"),
        log_level=logging.DEBUG,
    )


async def ensure_topics(settings: CommonSettings, topics: Iterable[TopicSpec]) -> list[str]:
    """Create what is missing, with its partitions and configuration; never changes what exists.

    Returns the full names that were created. Raises BrokerUnavailable when Kafka does not answer.
    """
    wanted = {settings.kafka_topic_prefix + topic.name: topic for topic in topics}
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers, request_timeout_ms=10_000)
    try:
        async with asyncio.timeout(30):
            await admin.start()
            missing = sorted(wanted.keys() - set(await admin.list_topics()))
            if not missing:
                return []
            response = await admin.create_topics(
                [
                    NewTopic(
                        name,
                        num_partitions=wanted[name].partitions,
                        replication_factor=settings.kafka_replication_factor,
                        topic_configs=dict(wanted[name].config),
                    )
                    for name in missing
                ],
                timeout_ms=20_000,
            )
    except (KafkaError, OSError, TimeoutError) as error:
        raise BrokerUnavailable(f"topics cannot be created: {type(error).__name__}") from error
    finally:
        await admin.close()
    for name, code, *_ in response.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise BrokerUnavailable(f"topic {name}: {for_code(code).__name__}")
    return missing


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
        self, topic: str, *, key: bytes | None, value: bytes | None, headers: Sequence[Header], timeout: float = 10
    ) -> None:
        """Send bytes as they are to a full topic name; errors as for `send`."""
        producer = self._producer
        if producer is None:
            raise BrokerUnavailable("no connection to Kafka yet")
        try:
            async with asyncio.timeout(timeout):
                await producer.send_and_wait(topic, value, key=key, headers=list(headers))
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


async def ping(settings: CommonSettings, *, timeout: float = 2) -> None:
    """Raises BrokerUnavailable unless a broker answers within `timeout` s."""
    async with _admin(settings, timeout) as admin:
        await admin.describe_cluster()


@asynccontextmanager
async def _admin(settings: CommonSettings, timeout: float) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(
        bootstrap_servers=settings.kafka_bootstrap_servers, request_timeout_ms=int(timeout * 1000)
    )
    try:
        async with asyncio.timeout(timeout):
            await admin.start()
            yield admin
    except (KafkaError, OSError, TimeoutError) as error:
        raise BrokerUnavailable(f"Kafka does not answer: {type(error).__name__}") from error
    finally:
        await admin.close()
