"""Which incarnation of a topic we read: Kafka's topic id, so that a recreated topic cannot pass for the old one.

aiokafka speaks Metadata up to version 5, ids came with version 10: hence a request struct of our own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from io import BytesIO
from typing import ClassVar, TypeAlias
from uuid import UUID

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Boolean, CompactArray, CompactString, Int16, Int32, Schema, TaggedFields

from servicekit.errors import BrokerUnavailable
from servicekit.settings import CommonSettings

_NONE = UUID(int=0)


class _Uuid(AbstractType[UUID]):  # type: ignore[misc]
    @classmethod
    def encode(cls, value: UUID) -> bytes:
        return value.bytes

    @classmethod
    def decode(cls, data: BytesIO) -> UUID:
        return UUID(bytes=data.read(16))


class _MetadataResponse(Response):  # type: ignore[misc]
    API_KEY = 3
    API_VERSION = 12
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32),
                ("host", CompactString("utf-8")),
                ("port", Int32),
                ("rack", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_id", CompactString("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("name", CompactString("utf-8")),
                ("topic_id", _Uuid),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("isr", CompactArray(Int32)),
                        ("offline_replicas", CompactArray(Int32)),
                        ("tags", TaggedFields),
                    ),
                ),
                ("authorized_operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _MetadataRequestV12(RequestStruct):  # type: ignore[misc]
    API_KEY = 3
    API_VERSION = 12
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _MetadataResponse
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", _Uuid), ("name", CompactString("utf-8")), ("tags", TaggedFields))),
        ("allow_auto_topic_creation", Boolean),
        ("include_topic_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


_Struct: TypeAlias = _MetadataRequestV12


class _MetadataRequest(Request[_Struct]):  # type: ignore[misc]
    API_KEY: ClassVar[int] = 3

    def __init__(self, topics: Iterable[str]) -> None:
        self._topics = list(topics)

    def build(self, request_struct_class: type[_Struct]) -> _Struct:
        return request_struct_class([(_NONE, name, {}) for name in self._topics], False, False, {})


async def fetch_topic_id(settings: CommonSettings, topic: str, *, timeout: float = 5) -> UUID:
    """The broker's id of the topic of that full name, within `timeout` s.

    Raises BrokerUnavailable if no broker answers, or if there is no such topic (now).
    """
    admin = AIOKafkaAdminClient(
        bootstrap_servers=settings.kafka_bootstrap_servers, request_timeout_ms=int(timeout * 1000)
    )
    try:
        async with asyncio.timeout(timeout):
            await admin.start()
            response = await admin._send_request(_MetadataRequest([topic]))
    except (KafkaError, OSError, TimeoutError) as error:
        raise BrokerUnavailable(f"the id of {topic} cannot be read: {type(error).__name__}") from error
    finally:
        await admin.close()
    error_code, _, topic_id, *_ = response.topics[0]
    if error_code != 0:
        raise BrokerUnavailable(f"the id of {topic} cannot be read: {for_code(error_code).__name__}")
    assert isinstance(topic_id, UUID)
    return topic_id


class TopicIds:
    """Topic ids, asked for once and remembered until somebody has a reason to doubt them."""

    def __init__(self, fetch: Callable[[str], Awaitable[UUID]]) -> None:
        self._fetch = fetch
        self._known: dict[str, UUID] = {}

    async def of(self, topic: str, *, doubted: bool = False) -> UUID:
        """The id as known, or, if it is `doubted`, as the broker says now; raises what `fetch` raises."""
        if doubted or topic not in self._known:
            self._known[topic] = await self._fetch(topic)
        return self._known[topic]
