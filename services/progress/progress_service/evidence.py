"""Evidence of completions: one row each, every row of a learner sealed with the hash of the one before. Pure."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Completion:
    """A completed lesson or course as it stood at that moment; `completed_at_ms` is the server's clock."""

    learner_id: str
    kind: Literal["lesson", "course"]
    subject_id: str
    course_id: str
    rule_version: int
    coverage: float
    verified_ms: int
    live_ms: int
    late_ms: int
    sessions: tuple[UUID, ...]
    completed_at_ms: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """A completion in its learner's chain: the `number`-th row, counted from 1."""

    completion: Completion
    number: int
    previous_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a learner's chain."""

    number: int = 0
    hash: bytes = bytes(32)


def seal(head: Head, completions: Sequence[Completion]) -> list[Sealed]:
    """The next rows of one learner's chain."""
    sealed = []
    for completion in completions:
        number = head.number + 1
        digest = _digest(number, head.hash, completion)
        sealed.append(Sealed(completion, number, head.hash, digest))
        head = Head(number, digest)
    return sealed


def verify(chain: Sequence[Sealed]) -> bool:
    """Whether these rows are a learner's chain from its beginning, complete and unaltered."""
    return list(chain) == seal(Head(), [row.completion for row in chain])


def _digest(number: int, previous: bytes, completion: Completion) -> bytes:
    """SHA-256 over canonical JSON (sorted keys, no spaces) of the row with the previous hash in hex."""
    row = {
        **asdict(completion),
        "sessions": sorted(str(session) for session in completion.sessions),
        "number": number,
        "previous_hash": previous.hex(),
    }
    return hashlib.sha256(json.dumps(row, sort_keys=True, separators=(",", ":")).encode()).digest()
