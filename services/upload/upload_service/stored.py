"""What object storage tells, and what it lets others do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Presigned:
    """What a browser has to send, header by header, before `expires_at`."""

    method: str
    url: str
    expires_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ObjectSeen:
    """An object as it is now. `size` in bytes."""

    size: int
    content_type: str
    etag: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An object in a listing. `size` in bytes."""

    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Part:
    number: int
    etag: str


@dataclass(frozen=True, slots=True)
class PartSeen:
    """A part that has arrived. `size` in bytes."""

    number: int
    size: int
    etag: str
