"""Kafka with defaults that do not lose messages: explicit topics, `acks=all`, manual commits, bounded waits."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    KafkaError,
    TopicAlreadyExistsError,
    for_code,
)
from faststream.kafka import KafkaBroker

from servicekit.errors import BrokerUnavailable
from servicekit.settings import CommonSettings
from servicekit.telemetry import get_logger

Header = tuple[str, bytes]

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
    def to_json(self) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Tombstone:
    """By which a compacted topic forgets a key. Every consumer passes it by."""

    topic_name: str
    key: str
    event_type: str
    event_source: str

    def to_json(self) -> None:
        """There is no value."""


@dataclass(frozen=True, slots=True)
class Message:
    """A record ready to be sent. `topic` is without the deployment's prefix; without a value it is a tombstone."""

    topic: str
    key: str
    value: bytes | None
    headers: tuple[Header, ...]


def cloud_event_headers(
    *, event_id: UUID | str, event_type: str, source: str, time: datetime, traceparent: str | None
) -> tuple[Header, ...]:
    """Headers of the CloudEvents 1.0 Kafka binding in binary mode, with the W3C trace where there is one."""
    if time.tzinfo is not UTC:
        time = time.astimezone(UTC)
    headers = (
        ("ce_specversion", b"1.0"),
        ("ce_id", str(event_id).encode()),
        ("ce_type", event_type.encode()),
        ("ce_source", source.encode()),
        ("ce_time", time.isoformat().replace("+00:00", "Z").encode()),
        ("content-type", b"application/json"),
    )
    return headers if traceparent is None else (*headers, ("traceparent", traceparent.encode()))


def make_broker(settings: CommonSettings, service: str) -> KafkaBroker:
    """A FastStream broker for consuming. Subscribers are added by `BatchConsumer.attach` only."""
    return KafkaBroker(
        settings.kafka_bootstrap_servers,
        client_id=f"seatime-{service}-{socket.gethostname()}",
        consumer_only=True,
        allow_auto_create_topics=False,
        # Longer than a session: who joins is answered when one that died is given up.
        request_timeout_ms=settings.kafka_session_timeout_ms + 5_000,
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


async def ping(settings: CommonSettings, *, timeout: float = 2) -> None:
    """Raises BrokerUnavailable unless a broker answers within `timeout` s."""
    async with _admin(settings, timeout) as admin:
        await admin.describe_cluster()


async def existing(settings: CommonSettings, names: Iterable[str], *, timeout: float = 5) -> list[str]:
    """Those of the full names that are topics, in order. Raises BrokerUnavailable."""
    async with _admin(settings, timeout) as admin:
        return sorted(set(names).intersection(await admin.list_topics()))


@dataclass(frozen=True, slots=True)
class Group:
    """A consumer group: how many consume in it now, and up to where it has committed, by full topic and partition."""

    members: int
    committed: Mapping[tuple[str, int], int]


async def groups(settings: CommonSettings, names: Iterable[str], *, timeout: float = 5) -> dict[str, Group]:
    """Consumer groups of these full names; one that never was has no members and no commits. BrokerUnavailable."""
    async with _admin(settings, timeout) as admin:
        return {name: await _group(admin, name) for name in names}


async def _group(admin: AIOKafkaAdminClient, name: str) -> Group:
    coordinator = await admin.find_coordinator(name)
    (described,) = await admin.describe_consumer_groups([name], coordinator)
    committed = await admin.list_consumer_group_offsets(name, coordinator)
    return Group(
        members=sum(len(group[5]) for group in described.groups),
        committed={(at.topic, at.partition): meta.offset for at, meta in committed.items() if meta.offset >= 0},
    )


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
