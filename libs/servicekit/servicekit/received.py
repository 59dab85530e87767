"""A Kafka record as a handler sees it: the parsed event with where it came from."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from aiokafka import ConsumerRecord

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Received(Generic[E]):
    """A parsed record. `event_id` is the CloudEvents id, or the record's coordinates where it carries none."""

    event: E
    event_id: str
    topic: str
    partition: int
    offset: int
    key: str | None
    timestamp: datetime
    traceparent: str | None
    record: ConsumerRecord[Any, Any]

    @classmethod
    def of(cls, record: ConsumerRecord[Any, Any], event: E) -> "Received[E]":
        """Headers are anybody's bytes: null, repeated or undecodable ones never fail."""
        return cls(
            event=event,
            event_id=_header(record, "ce_id") or f"{record.topic}:{record.partition}:{record.offset}",
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            key=record.key.decode(errors="replace") if record.key is not None else None,
            timestamp=datetime.fromtimestamp(record.timestamp / 1000, UTC),
            traceparent=_header(record, "traceparent"),
            record=record,
        )


def _header(record: ConsumerRecord[Any, Any], name: str) -> str | None:
    value = dict(record.headers).get(name)
    return value.decode(errors="replace") if value is not None else None
