"""Dead letters: where a record goes that no consumer can use, with its origin, so that the partition moves on."""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import ConsumerRecord
from aiokafka.errors import MessageSizeTooLargeError

from servicekit import metrics, telemetry
from servicekit.errors import BrokerUnavailable
from servicekit.kafka import Header
from servicekit.producer import Producer

_KEPT_OF_OVERSIZED = 64 * 1024

log = telemetry.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DeadLetterLimit:
    """Halt when more than `count` records died within `window_s` seconds."""

    count: int = 100
    window_s: float = 60


class TooManyDeadLetters(BrokerUnavailable):
    """The limit was passed: more likely a bad deploy than bad records."""

    slug, title = "too-many-dead-letters", "Too many records cannot be used"


class DeathRate:
    """Counts deaths in a sliding window; once over the limit, `halted` says why and stays."""

    def __init__(self, limit: DeadLetterLimit) -> None:
        self._limit = limit
        self._deaths: deque[float] = deque()
        self.halted: str | None = None

    def count(self, reason: str) -> None:
        """One more; raises TooManyDeadLetters if that is one too many."""
        now = time.monotonic()
        self._deaths.append(now)
        while now - self._deaths[0] > self._limit.window_s:
            self._deaths.popleft()
        if len(self._deaths) > self._limit.count:
            self.halted = f"{len(self._deaths)} dead letters within {self._limit.window_s:.0f} s, last: {reason}"
            raise TooManyDeadLetters(f"halted: {self.halted}")


async def bury(
    producer: Producer, record: ConsumerRecord[Any, Any], *, reason: str, error: Exception, group: str
) -> None:
    """Write the record to `<topic>.dlq` and wait for the acknowledgement: same key, bytes and headers, and its origin.

    A record that does not fit any more with these headers is cut and marked `x-truncated`: its origin tells where the
    whole one is, and a partition that waits for a person is worse. Raises BrokerUnavailable.
    """
    headers = [*record.headers, *_origin(record, reason=reason, error=error, group=group)]
    topic = f"{record.topic}.dlq"
    try:
        await producer.send_raw(topic, key=record.key, value=record.value, headers=headers)
    except BrokerUnavailable as failure:
        if not isinstance(failure.__cause__, MessageSizeTooLargeError):
            raise
        cut = (record.value or b"")[:_KEPT_OF_OVERSIZED]
        origin = _origin(record, reason=reason, error=error, group=group)
        await producer.send_raw(topic, key=record.key, value=cut, headers=[*origin, ("x-truncated", b"true")])
    log.error("dead letter", topic=record.topic, partition=record.partition, offset=record.offset, reason=reason)
    metrics.CONSUMED.labels(record.topic, "dead").inc()


def _origin(record: ConsumerRecord[Any, Any], *, reason: str, error: Exception, group: str) -> Sequence[Header]:
    return (
        ("x-reason", reason.encode()),
        ("x-error", f"{type(error).__name__}: {error}"[:500].encode(errors="replace")),
        ("x-topic", record.topic.encode()),
        ("x-partition", str(record.partition).encode()),
        ("x-offset", str(record.offset).encode()),
        ("x-timestamp", str(record.timestamp).encode()),
        ("x-group", group.encode()),
    )
