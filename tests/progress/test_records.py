"""The short way of a record: what it reads, the model reads the same, and what the model refuses, it refuses."""

import copy
import json
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

import contracts
from contracts import WatchProgress
from progress_service.records import reader

read = reader(WatchProgress)
EXAMPLES = sorted((Path(contracts.__file__).parent / "examples" / "watch.progress").glob("*.json"))
WHOLE: dict[str, Any] = {
    "learner_id": "ada",
    "lesson_id": "l1",
    "course_id": "c1",
    "session_id": "11111111-1111-4111-8111-111111111111",
    "duration_ms": 100_000,
    "granted_at_ms": 1_790_000_000_000,
    "expires_at_ms": 1_790_000_600_000,
    "policy": {"max_rate": 2.0, "offline_grace_s": 86_400, "beat_cap_s": 45},
    "received_at_ms": 1_790_000_010_000,
    "sent_at_ms": 1_790_000_010_000,
    "beats": [
        {"seq": 0, "since_ms": 1, "at_ms": 2, "position_ms": 3, "rate": 1.5, "segments": [[0, 10]], "hidden": True},
        {"seq": 1, "at_ms": 2, "position_ms": 3, "events": [{"type": "seek", "at_ms": 5, "from_ms": 1, "value": "x"}]},
    ],
}
odd: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        "",
        "x",
        "12",
        "ada\n",
        "a" * 65,
        -1,
        0,
        0.0,
        1.5,
        2.0,
        1e300,
        10**30,
        2**31,
        2**53,
        True,
        [],
        {},
        "\x00",
        "é",
        [[1, 2]],
        [[1]],
        [[1, 2, 3]],
        [[5, "6"]],
        "{11111111-1111-4111-8111-111111111111}",
        "urn:uuid:" + "1" * 32,
    ]
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Ways to every value in a document."""
    inside = value.items() if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else ()
    return [(*path, key) for key, _ in inside] + [way for key, part in inside for way in places(part, (*path, key))]


def fields(value: Any) -> Any:
    """The fields of a model or of a structure, as plain values."""
    if isinstance(value, BaseModel):
        return {name: fields(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, msgspec.Struct):
        return {name: fields(getattr(value, name)) for name in value.__struct_fields__}
    return tuple(fields(part) for part in value) if isinstance(value, tuple) else value


def outcome(parse: Any, value: bytes) -> Any:
    try:
        return fields(parse(value))
    except ValidationError:
        return "refused"


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(places(WHOLE)), odd, st.booleans()), max_size=2))
@example([])
@example([(("learner_id",), "ada\n", False)])
def test_the_short_way_reads_what_the_model_reads(changes: list[tuple[tuple[Any, ...], Any, bool]]) -> None:
    """Whatever becomes of a record on the way, both ways make the same of it, or both refuse it."""
    document = json.loads(json.dumps(WHOLE))
    for path, value, gone in changes:
        at = document
        try:
            for key in path[:-1]:
                at = at[key]
            if gone and isinstance(at, dict):
                at.pop(path[-1], None)
            else:
                at[path[-1]] = copy.deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue
    value = json.dumps(document).encode()
    assert outcome(read, value) == outcome(WatchProgress.model_validate_json, value)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_read_alike(path: Path) -> None:
    """Every golden example of the topic is read the short way, and as the model reads it."""
    read_short = read(path.read_bytes())
    assert isinstance(read_short, msgspec.Struct)
    assert fields(read_short) == fields(WatchProgress.model_validate_json(path.read_bytes()))


@pytest.mark.parametrize("poison", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"beats": []}', b'"\\ud800"'])
def test_poison_stays_poison(poison: bytes) -> None:
    """What is no record at all is refused in the model's words, which is what a dead letter tells."""
    with pytest.raises(ValidationError):
        read(poison)


def test_a_limit_that_msgspec_does_not_know_is_not_forgotten() -> None:
    """A model with a limit, a type or an alias that would be judged otherwise cannot be read the short way."""

    class Even(BaseModel):
        model_config = ConfigDict(extra="ignore")
        n: int = Field(multiple_of=2)

    class Loose(BaseModel):
        model_config = ConfigDict(extra="ignore")
        parts: Annotated[dict[str, int], Field()]

    class Strict(BaseModel):
        model_config = ConfigDict(extra="forbid")

    class Timed(BaseModel):
        model_config = ConfigDict(extra="ignore")
        at: AwareDatetime

    class Renamed(BaseModel):
        model_config = ConfigDict(extra="ignore")
        n: int = Field(alias="m")

    for model in (Even, Loose, Strict, Timed, Renamed):
        with pytest.raises(TypeError):
            reader(model)
