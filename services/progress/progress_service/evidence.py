"""Evidence of completions: one row each, every row of a learner sealed with the hash of the one before. Pure.

Who it was (learner and sessions) is sealed by a hash of its own: when a learner is erased that part is removed, and the
rest can still be checked. A sealed row holds integers and texts only, so that any language writes the same JSON.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

PPM = 1_000_000
ERASED = "erased:"
"""What the name of an erased learner begins with in the rows that stay."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A completed lesson or course as it stood at that moment; `completed_at_ms` is the server's clock.

    `basis` is what the decision was made from: the rules as they stood, the covered ranges, what was passed.
    """

    learner_id: str
    kind: Literal["lesson", "course"]
    subject_id: str
    course_id: str
    rule_version: int
    coverage_ppm: int
    verified_ms: int
    live_ms: int
    late_ms: int
    sessions: tuple[UUID, ...]
    completed_at_ms: int
    attempt: int = 1
    basis: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A completion in its learner's chain: the `number`-th row, counted from 1.

    `person` is the hash of who it was. None in rows whose contents can't be checked: of before there was such a hash,
    or of an erased learner without a session that would hide who it was.
    """

    completion: Completion
    number: int
    previous_hash: bytes
    hash: bytes
    person: bytes | None


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a learner's chain."""

    number: int = 0
    hash: bytes = bytes(32)


def seal(head: Head, completions: Sequence[Completion]) -> list[Sealed]:
    """The next rows of one learner's chain."""
    sealed = []
    for completion in completions:
        person = hash_of(_who(completion))
        row = {**_what(completion), "number": head.number + 1, "previousHash": head.hash.hex(), "person": person.hex()}
        sealed.append(Sealed(completion, head.number + 1, head.hash, hash_of(row), person))
        head = Head(head.number + 1, sealed[-1].hash)
    return sealed


def verify(chain: Sequence[Sealed]) -> bool:
    """Whether these rows are a learner's chain from its beginning, complete and unaltered."""
    return list(chain) == seal(Head(), [row.completion for row in chain])


def canonical(value: Any) -> bytes:
    """The one JSON text that is hashed and signed: keys sorted, no spaces, ASCII only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def hash_of(value: Any) -> bytes:
    """SHA-256 over the canonical JSON."""
    return hashlib.sha256(canonical(value)).digest()


def row_of(row: Sealed) -> dict[str, Any]:
    """A row with everything that its hash was made from; of an erased learner without who it was."""
    if row.person is None:
        return link_of(row)
    who = _who(row.completion) if row.completion.sessions or hash_of(_who(row.completion)) == row.person else {}
    return {**link_of(row), **_what(row.completion), **who, "person": row.person.hex()}


def link_of(row: Sealed) -> dict[str, Any]:
    """A row's place in its chain, and nothing of what it says."""
    return {"number": row.number, "previousHash": row.previous_hash.hex(), "hash": row.hash.hex()}


def _who(completion: Completion) -> dict[str, Any]:
    return {"learnerId": completion.learner_id, "sessions": sorted(str(session) for session in completion.sessions)}


def _what(completion: Completion) -> dict[str, Any]:
    return {
        "kind": completion.kind,
        "subjectId": completion.subject_id,
        "courseId": completion.course_id,
        "attempt": completion.attempt,
        "ruleVersion": completion.rule_version,
        "coveragePpm": completion.coverage_ppm,
        "verifiedMs": completion.verified_ms,
        "liveMs": completion.live_ms,
        "lateMs": completion.late_ms,
        "completedAtMs": completion.completed_at_ms,
        "basis": dict(completion.basis),
    }
