"""`Content-Range` of resumable uploads, and what a chunk means given the bytes already here."""

import re
from dataclasses import dataclass
from typing import Literal

_CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|(\*))/(\d+|\*)")


@dataclass(frozen=True)
class Chunk:
    """Bytes `first`..`last` (inclusive) of `total`; `first` None asks for the status, `total` None isn't known yet."""

    first: int | None
    last: int | None
    total: int | None


def parse(header: str) -> Chunk | None:
    """The chunk a header names; None for one that makes no sense."""
    match = _CONTENT_RANGE.fullmatch(header.strip())
    if match is None:
        return None
    first, last, _, total = match.groups()
    chunk = Chunk(*(int(part) if part and part != "*" else None for part in (first, last, total)))
    if chunk.first is None or chunk.last is None:
        return chunk
    within = chunk.total is None or chunk.last < chunk.total
    return chunk if chunk.first <= chunk.last and within else None


def verdict(chunk: Chunk, received: int) -> Literal["status", "ahead", "duplicate", "write"]:
    """A chunk ahead of the offset leaves a gap, one behind it brings nothing new, one that touches it is written."""
    if chunk.first is None or chunk.last is None:
        return "status"
    if chunk.first > received:
        return "ahead"
    return "duplicate" if chunk.last < received else "write"
