"""A dead letter as an operator sees it, and the record that is made of it again. Pure.

Letters of one topic lie together, whichever service buried them: `x-group` says whose each is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from aiokafka import ConsumerRecord

from servicekit.kafka import Header
from servicekit.telemetry import redact

SUFFIX = ".dlq"
ORIGIN = frozenset(
    ("x-reason", "x-error", "x-topic", "x-partition", "x-offset", "x-group", "x-timestamp", "x-truncated")
)
"""Headers of a burial; they do not go back to where the record came from."""
REDRIVE = "x-redrive"
"""Names the redrive that wrote a record: `<service>/<id of its row in the audit>`."""
PREVIEW_BYTES = 400
_LONGEST_KEY = 200

State = Literal["open", "asked", "redriven", "failed", "discarded"]
Place = tuple[str, int, int, datetime]
"""Topic (without prefix and `.dlq`), partition and offset of the letter, and when it was buried."""


@dataclass(frozen=True, slots=True)
class Letter:
    """`topic` is where the record died. `preview` is the value's beginning, as text and without secrets."""

    topic: str
    partition: int
    offset: int
    buried_at: datetime
    group: str
    reason: str
    error: str
    origin_partition: int | None
    origin_offset: int | None
    event_id: str | None
    key: str | None
    size: int
    preview: str
    cut: bool
    redriven_before: bool

    @classmethod
    def of(cls, record: ConsumerRecord[Any, Any], prefix: str) -> "Letter":
        """Headers are anybody's bytes: what is not there, or no number, is left out."""
        said = texts(record)
        value: bytes = record.value or b""
        return cls(
            topic=record.topic.removeprefix(prefix).removesuffix(SUFFIX),
            partition=record.partition,
            offset=record.offset,
            buried_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
            group=said.get("x-group", ""),
            reason=said.get("x-reason", "unknown"),
            error=redact(said.get("x-error", "")),
            origin_partition=_number(said.get("x-partition")),
            origin_offset=_number(said.get("x-offset")),
            event_id=said.get("ce_id"),
            key=record.key.decode(errors="replace")[:_LONGEST_KEY] if record.key is not None else None,
            size=len(value),
            preview=redact(value[:PREVIEW_BYTES].decode(errors="replace")),
            cut="x-truncated" in said,
            redriven_before=REDRIVE in said,
        )

    @property
    def place(self) -> Place:
        return self.topic, self.partition, self.offset, self.buried_at

    def is_of(self, service: str) -> bool:
        """Whether a consumer of this service buried it."""
        return self.group.startswith(f"{service}.")


@dataclass(frozen=True, slots=True)
class Again:
    """What is written to the topic where the letter's record died. `written_at_ms` is when it was written first."""

    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...]
    written_at_ms: int


def again(letter: ConsumerRecord[Any, Any], value: bytes | None, *, redrive: str, prefix: str) -> Again:
    """The original record: key, headers and time as they were, and the name of the redrive.

    One that came without an id gets that by which consumers know it: what they applied, they pass over.
    """
    said = texts(letter)
    headers = [(name, held) for name, held in letter.headers if name not in ORIGIN and name != REDRIVE]
    if "ce_id" not in said and "x-partition" in said and "x-offset" in said:
        topic = f"{prefix}{letter.topic.removeprefix(prefix).removesuffix(SUFFIX)}"
        headers.append(("ce_id", f"{topic}:{said['x-partition']}:{said['x-offset']}".encode()))
    written = _number(said.get("x-timestamp"))
    return Again(
        key=letter.key,
        value=value,
        headers=(*headers, (REDRIVE, redrive.encode())),
        written_at_ms=letter.timestamp if written is None else written,
    )


def texts(record: ConsumerRecord[Any, Any]) -> Mapping[str, str]:
    """The headers as text; of one that is repeated, the last: that of the last burial."""
    return {name: value.decode(errors="replace") for name, value in record.headers if value is not None}


def state_of(actions: Iterable[str]) -> State:
    """From what was noted about a letter: what was sent counts before what was asked, and that before a discard."""
    noted = set(actions)
    for action, state in _BY_WEIGHT:
        if action in noted:
            return state
    return "open"


_BY_WEIGHT: tuple[tuple[str, State], ...] = (
    ("redriven", "redriven"),
    ("failed", "failed"),
    ("redrive", "asked"),
    ("discard", "discarded"),
)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 19 else None
