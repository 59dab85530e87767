"""Evidence rows, their chain, and the signed document that an auditor checks without us."""

import base64
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from progress_service.basis import course_basis, lesson_basis
from progress_service.evidence import Completion, Head, Sealed, canonical, hash_of, seal, verify
from progress_service.evidence_check import problems
from progress_service.evidence_command import run
from progress_service.evidence_document import evidence_document, key_set, sign
from progress_service.rules import CourseRule, LessonRule
from progress_service.state import Lesson
from tests.progress.granting import public_pem

KEY = Ed25519PrivateKey.generate()
RULE = LessonRule("l1", "c1", 3, threshold=0.9)
WATCHED = Lesson(course_id="c1", covered=((0, 50_000), (57_000, 100_000)), duration_ms=100_000)
LESSON = Completion(
    learner_id="ada",
    kind="lesson",
    subject_id="l1",
    course_id="c1",
    rule_version=3,
    coverage_ppm=930_000,
    verified_ms=90_000,
    live_ms=80_000,
    late_ms=13_000,
    sessions=(UUID(int=1),),
    completed_at_ms=1_790_000_000_000,
    basis=lesson_basis(RULE, WATCHED, quiz_passed=False),
)
ELSEWHERE = replace(LESSON, subject_id="l9", course_id="c9")
COURSE = replace(
    LESSON,
    kind="course",
    subject_id="c1",
    sessions=(UUID(int=1), UUID(int=2)),
    basis=course_basis(CourseRule("c1", 3, min_verified_ms=60_000), ["l1"], assessment_passed=False),
)
CHAIN = seal(Head(), [LESSON, ELSEWHERE, COURSE])


def signed(chain: list[Sealed] = CHAIN, key: Ed25519PrivateKey = KEY) -> dict[str, Any]:
    unsigned = evidence_document(
        "c1", "Course", {"ada": chain}, issued_at=datetime(2026, 11, 21, tzinfo=UTC), after=None
    )
    return json.loads(json.dumps(sign(unsigned, key, "e1")))  # type: ignore[no-any-return]


def resigned(change: Callable[[list[dict[str, Any]]], None]) -> list[str]:
    """What is wrong with a document whose rows were changed by somebody who has the key."""
    document = deepcopy(signed())
    change(document["learners"][0]["rows"])
    whole = {name: value for name, value in document.items() if name not in ("signature", "keyId", "publicKey")}
    return problems(sign(whole, KEY, "e1"), KEY.public_key())


def test_a_chain_verifies_however_it_was_appended() -> None:
    """Rows sealed one after the other or at once are the same chain, and it verifies."""
    (first,) = seal(Head(), [LESSON])
    (second,) = seal(Head(first.number, first.hash), [COURSE])
    assert [first, second] == seal(Head(), [LESSON, COURSE])
    assert verify([first, second])


def test_any_change_to_a_chain_is_noticed() -> None:
    """An altered value, a removed, exchanged or added row breaks the chain."""
    first, second = seal(Head(), [LESSON, COURSE])
    assert not verify([replace(first, completion=replace(LESSON, coverage_ppm=940_000)), second])
    assert not verify([second])
    assert not verify([second, first])
    assert not verify([first, second, second])
    assert not verify([first, replace(second, hash=first.hash)])


def test_a_document_holds_and_tells_of_one_course_only() -> None:
    """Row D21: rows of the course with all that their hash is made from, those of others as links in the chain."""
    document = signed()
    assert problems(document, KEY.public_key()) == []
    first, other, course = document["learners"][0]["rows"]
    assert set(other) == {"number", "previousHash", "hash"}
    assert first["basis"]["rules"] == {"thresholdPpm": 900_000, "requiredSegments": [], "quizRequired": False}
    assert (first["coveragePpm"], first["liveMs"], first["lateMs"]) == (930_000, 80_000, 13_000)
    assert course["sessions"] == [str(UUID(int=1)), str(UUID(int=2))]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows[0].update(verifiedMs=99_000), "row 1 (lesson l1): its contents do not give its hash"),
        (lambda rows: rows[0].update(sessions=[]), "row 1 (lesson l1): its learner or sessions are not those"),
        (lambda rows: rows[0].update(learnerId="bob"), "row 1 (lesson l1): it is about bob"),
        (lambda rows: rows[0].pop("learnerId"), "row 1 (lesson l1): it does not say whom it is about"),
        (lambda rows: rows.pop(0), "row 1 of 3 is missing"),
        (lambda rows: rows.pop(1), "row 2 of 3 is missing"),
        (lambda rows: rows.pop(2), "row 3 of 3 is missing"),
        (lambda rows: rows.reverse(), "the rows are out of order: row 2 stands after row 3"),
        (lambda rows: rows.append(rows[2]), "row 3 stands there twice"),
        (lambda rows: rows.append({**rows[1], "number": 4}), "row 4 is one too many: the chain has 3"),
        (lambda rows: rows[1].update(hash="00" * 32), "row 3 does not follow row 2"),
        (lambda rows: rows[2].pop("kind"), "not of the shape"),
    ],
)
def test_what_is_wrong_is_said_in_words(change: Callable[[list[dict[str, Any]]], None], said: str) -> None:
    """Row D21: a changed, missing, reordered, doubled or added row is named, whoever signed it afterwards."""
    assert [problem for problem in resigned(change) if said in problem], resigned(change)


@pytest.mark.parametrize(
    ("completion", "said"),
    [
        (replace(LESSON, coverage_ppm=940_000), "its coverage is not that of its covered ranges"),
        (
            replace(LESSON, basis=lesson_basis(replace(RULE, threshold=0.95), WATCHED, quiz_passed=False)),
            "what was covered does not meet its rules",
        ),
        (
            replace(LESSON, basis=lesson_basis(replace(RULE, quiz_required=True), WATCHED, quiz_passed=False)),
            "its quiz was not passed",
        ),
        (replace(COURSE, verified_ms=59_999), "its verified time does not meet its rules"),
        (
            replace(COURSE, basis=course_basis(CourseRule("c1", 3), [], assessment_passed=False)),
            "it has no completed lessons",
        ),
        (
            replace(COURSE, basis=course_basis(CourseRule("c1", 3, 0, "l7"), ["l1"], assessment_passed=False)),
            "its final assessment was not passed",
        ),
    ],
)
def test_a_completion_must_follow_from_its_rules(completion: Completion, said: str) -> None:
    """Row D21: who checks need not believe the decision: the covered ranges and the rules as they stood are there."""
    found = problems(signed(seal(Head(), [completion])), KEY.public_key())
    assert len(found) == 1
    assert said in found[0]


def test_required_segments_suffice() -> None:
    """Row D21: a lesson that was completed by its required segments is checked by them."""
    rule = replace(RULE, threshold=0.95, required_segments=((10_000, 20_000), (60_000, 200_000)))
    row = replace(LESSON, basis=lesson_basis(rule, WATCHED, quiz_passed=False))
    assert problems(signed(seal(Head(), [row])), KEY.public_key()) == []


def test_the_hash_is_sha_256_of_json_that_anybody_can_write() -> None:
    """Row D21: docs/evidence.md says how; these bytes do not change."""
    assert canonical({"b": [1, "ä"], "a": None}) == b'{"a":null,"b":[1,"\\u00e4"]}'
    assert hash_of({}).hex() == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert CHAIN[2].hash.hex() == "2e6d2223e5dca58ecfbc4dc15a4989b97b6ee909c93bdfffb282581a7e8ae740"


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2))
        return path

    return write


def test_the_command_checks_a_file_offline(files: Callable[..., Path]) -> None:
    """Row D21: with the published set of keys or a PEM it says that it holds; without, that the key was not checked."""
    file = str(files("evidence.json", signed()))
    keys = str(files("keys.json", key_set({"e0": Ed25519PrivateKey.generate().public_key(), "e1": KEY.public_key()})))
    pem = str(files("key.pem", base64.b64decode(public_pem(KEY)).decode()))
    for key in (keys, pem):
        code, lines = run(["verify", file, "--key", key])
        assert (code, lines[-1]) == (0, "HOLDS")
        assert "2 completion(s) checked, 1 other row(s)" in lines[1]
    code, lines = run(["verify", file])
    assert code == 3
    assert "nothing says whose the key is" in lines[-1]


def test_the_command_tells_a_forged_from_an_unreadable_file(files: Callable[..., Path]) -> None:
    """Row D21: 1 for what does not hold, with another key or other contents; 2 for what can't be read at all."""
    good, other = str(files("good.json", signed())), Ed25519PrivateKey.generate()
    keys = str(files("keys.json", key_set({"e1": other.public_key()})))
    assert run(["verify", good, "--key", keys]) == (
        1,
        ["DOES NOT HOLD", "the signature does not fit the document and the key"],
    )
    title = str(files("title.json", {**signed(), "courseTitle": "Another course"}))
    assert run(["verify", title])[0] == 1
    for name, content in (("no.json", "no JSON"), ("list.json", []), ("format.json", {**signed(), "format": "other"})):
        code, (line,) = run(["verify", str(files(name, content))])
        assert (code, line.startswith("cannot be checked:")) == (2, True)
    assert run(["verify", good + ".missing"])[0] == 2
    assert run(["verify", good, "--key", good])[0] == 2
    unknown = str(files("unknown.json", key_set({"e9": KEY.public_key()})))
    assert run(["verify", good, "--key", unknown]) == (2, ["cannot be checked: unknown.json has no key 'e1'"])


def test_a_chain_that_was_written_anew_differs_from_an_earlier_document(files: Callable[..., Path]) -> None:
    """Row D21: whoever has the key and the database can seal another story, but not one that an auditor has seen."""
    earlier = str(files("earlier.json", signed(CHAIN[:1])))
    later, other = str(files("later.json", signed())), replace(LESSON, verified_ms=91_000)
    assert run(["verify", later, "--earlier", earlier])[0] == 3
    forged = str(files("forged.json", signed(seal(Head(), [other, ELSEWHERE, COURSE]))))
    assert run(["verify", forged])[0] == 3
    code, lines = run(["verify", forged, "--earlier", earlier])
    assert (code, lines[1]) == (1, "learner ada: row 1 is not what it was in the earlier document")


def test_a_chain_without_its_learner_can_still_be_checked() -> None:
    """Row D21: learner and sessions may be taken out of a chain, and what is left may still not be changed."""
    rows = [replace(row, completion=replace(row.completion, learner_id="erased:1", sessions=())) for row in CHAIN]
    when = datetime(2026, 11, 21, tzinfo=UTC)
    document = sign(evidence_document("c1", "Course", {"erased:1": rows}, issued_at=when, after=None), KEY, "e1")
    assert problems(document, KEY.public_key()) == []
    text = json.dumps(document)
    assert "ada" not in text
    assert str(UUID(int=1)) not in text
    forged = [replace(rows[0], completion=replace(rows[0].completion, verified_ms=99_000)), *rows[1:]]
    document = sign(evidence_document("c1", "Course", {"erased:1": forged}, issued_at=when, after=None), KEY, "e1")
    assert "the row was changed" in problems(document, KEY.public_key())[0]
