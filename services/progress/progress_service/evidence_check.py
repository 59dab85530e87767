"""Whether an evidence document holds, and in words where it does not. Pure, and needs nothing but the document."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from progress_service import erasure_receipt
from progress_service.evidence import ERASED, PPM, canonical, hash_of
from progress_service.evidence_document import FORMAT, from_text
from progress_service.ranges import clip, normalise, subtract, total

BEGINNING = bytes(32).hex()
_SEALED = (
    "kind", "subjectId", "courseId", "attempt", "ruleVersion", "coveragePpm", "verifiedMs", "liveMs", "lateMs",
    "completedAtMs", "basis", "number", "previousHash", "person",
)  # fmt: skip


class NotEvidence(Exception):
    """The document is none that this program understands; the message says why."""


def own_key(document: Mapping[str, Any]) -> Ed25519PublicKey:
    """The public key that the document brings along, which says nothing of whose it is. Raises NotEvidence."""
    try:
        return Ed25519PublicKey.from_public_bytes(from_text(document["publicKey"]))
    except (KeyError, ValueError, TypeError):
        raise NotEvidence("there is no readable public key in it") from None


def problems(document: Mapping[str, Any], key: Ed25519PublicKey) -> list[str]:
    """What is wrong with a document, in words; empty when it holds. Raises NotEvidence."""
    contents = {FORMAT: _of_learners, erasure_receipt.FORMAT: erasure_receipt.problems}.get(document.get("format", ""))
    if contents is None:
        raise NotEvidence(f"its format is neither {FORMAT} nor {erasure_receipt.FORMAT}")
    found = [] if _signed_by(document, key) else ["the signature does not fit the document and the key"]
    try:
        found += contents(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        found.append(f"the document is not of the shape that its format says: {type(error).__name__} {error}")
    return found


def later_than(earlier: Mapping[str, Any], document: Mapping[str, Any]) -> list[str]:
    """What an earlier document has that this one has not: a chain only grows, and never changes."""
    now = {learner["learnerId"]: {row["number"]: row["hash"] for row in learner["rows"]} for learner in _of(document)}
    return [
        f"learner {learner['learnerId']}: row {row['number']} is not what it was in the earlier document"
        for learner in _of(earlier)
        if learner["learnerId"] in now
        for row in learner["rows"]
        if now[learner["learnerId"]].get(row["number"]) != row["hash"]
    ]


def _of_learners(document: Mapping[str, Any]) -> list[str]:
    return [f"learner {learner['learnerId']}: {problem}" for learner in _of(document) for problem in _of_chain(learner)]


def _of(document: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    learners: Sequence[Mapping[str, Any]] = document["learners"]
    return learners


def _signed_by(document: Mapping[str, Any], key: Ed25519PublicKey) -> bool:
    signed = {name: value for name, value in document.items() if name != "signature"}
    try:
        key.verify(from_text(document["signature"]), canonical(signed))
    except (InvalidSignature, KeyError, ValueError, TypeError):
        return False
    return True


def _of_chain(learner: Mapping[str, Any]) -> Iterable[str]:
    rows, expected = learner["rows"], learner["rowsInChain"]
    numbers = [row["number"] for row in rows]
    for before, number in pairwise(numbers):
        if number == before:
            yield f"row {number} stands there twice"
        elif number < before:
            yield f"the rows are out of order: row {number} stands after row {before}"
    for number in sorted(set(range(1, expected + 1)) - set(numbers)):
        yield f"row {number} of {expected} is missing"
    for number in sorted(set(numbers) - set(range(1, expected + 1))):
        yield f"row {number} is one too many: the chain has {expected}"
    hashes = {0: BEGINNING} | {row["number"]: row["hash"] for row in rows}
    for row in rows:
        number = row["number"]
        if number - 1 in hashes and row["previousHash"] != hashes[number - 1]:
            yield f"row {number} does not follow row {number - 1}: one of the two is not the one that was sealed"
        if "person" in row:
            yield from (f"row {number} ({row['kind']} {row['subjectId']}): {p}" for p in _of_row(learner, row))


def _of_row(learner: Mapping[str, Any], row: Mapping[str, Any]) -> Iterable[str]:
    if hash_of({name: row[name] for name in _SEALED}).hex() != row["hash"]:
        yield "its contents do not give its hash: the row was changed"
    if "learnerId" in row:
        if row["learnerId"] != learner["learnerId"]:
            yield f"it is about {row['learnerId']}"
        if hash_of({"learnerId": row["learnerId"], "sessions": row["sessions"]}).hex() != row["person"]:
            yield "its learner or sessions are not those that were sealed"
    elif not learner["learnerId"].startswith(ERASED):
        yield "it does not say whom it is about"
    yield from _of_lesson(row) if row["kind"] == "lesson" else _of_course(row)


def _of_lesson(row: Mapping[str, Any]) -> Iterable[str]:
    basis = row["basis"]
    rules, duration = basis["rules"], basis["durationMs"]
    covered = normalise([(start, end) for start, end in basis["covered"]])
    watched = total(clip(covered, 0, duration))
    if duration and watched * PPM // duration != row["coveragePpm"]:
        yield "its coverage is not that of its covered ranges"
    required = clip(normalise([(start, end) for start, end in rules["requiredSegments"]]), 0, duration)
    enough = bool(duration) and watched * PPM >= rules["thresholdPpm"] * duration
    if not enough and not (required and not subtract(required, covered)):
        yield "what was covered does not meet its rules"
    if rules["quizRequired"] and not basis["quizPassed"]:
        yield "its quiz was not passed"


def _of_course(row: Mapping[str, Any]) -> Iterable[str]:
    basis = row["basis"]
    if row["verifiedMs"] < basis["rules"]["minVerifiedMs"]:
        yield "its verified time does not meet its rules"
    if not basis["lessons"]:
        yield "it has no completed lessons"
    if basis["rules"]["finalAssessment"] is not None and not basis["assessmentPassed"]:
        yield "its final assessment was not passed"
