"""Only additive changes pass: the checker by cases, and today's models against what was committed before."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from contracts import schemas
from contracts.compatibility import incompatibilities
from contracts.topics import TOPICS

CHECKOUT = Path(__file__).resolve().parents[2]


class Part(BaseModel):
    kind: Literal["play", "pause"]
    at: int = Field(ge=0, le=100)
    note: str | None = Field(default=None, max_length=10)


class Place(BaseModel):
    room: int = 1


class Fact(BaseModel):
    """The event of the cases."""

    lesson_id: str = Field(pattern="^[a-z]+$")
    version: int
    ratio: float = 0.5
    spans: list[tuple[int, int]] = []
    parts: tuple[Part, ...] = Field(default=(), max_length=5)
    counts: dict[str, int] = {}
    part: Part | None = None
    place: Place = Place()


BEFORE = Fact.model_json_schema()


def _properties(schema: dict[str, Any], model: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = (schema["$defs"][model] if model else schema)["properties"]
    return found


def _with_floor(s: dict[str, Any], in_the_default: int) -> None:
    _properties(s, "Place")["floor"] = {"type": "integer", "default": 0}
    _properties(s)["place"]["default"] = {"room": 1, "floor": in_the_default}


def _remove(s: dict[str, Any]) -> None:
    del _properties(s)["ratio"]


def _rename(s: dict[str, Any]) -> None:
    _properties(s)["share"] = _properties(s).pop("ratio")


def _new_required(s: dict[str, Any]) -> None:
    _properties(s)["owner"] = {"type": "string"}
    s["required"].append("owner")


ADDITIVE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "nothing": lambda s: None,
    "new optional field": lambda s: _properties(s).update(codec={"type": "string", "default": "h264"}),
    "new optional field deep inside": lambda s: _properties(s, "Part").update(x={"type": "integer", "default": 0}),
    "new optional field in an object with a default": lambda s: _with_floor(s, 0),
    "words": lambda s: (s.update(description="Better said."), _properties(s)["version"].update(title="V")),
    "order of the required": lambda s: s["required"].reverse(),
    "a part under another name": lambda s: (
        s["$defs"].update(Piece=s["$defs"].pop("Part")),
        _properties(s)["parts"]["items"].update({"$ref": "#/$defs/Piece"}),
        _properties(s)["part"]["anyOf"][0].update({"$ref": "#/$defs/Piece"}),
    ),
}
BREAKING: dict[str, tuple[Callable[[dict[str, Any]], Any], str, str]] = {
    "field removed": (_remove, "ratio", "removed or renamed"),
    "field renamed": (_rename, "ratio", "removed or renamed"),
    "new required field": (_new_required, "owner", "new and required"),
    "became required": (lambda s: s["required"].append("ratio"), "ratio", "became required"),
    "became optional": (lambda s: s["required"].remove("version"), "version", "became optional"),
    "type changed": (lambda s: _properties(s)["version"].update(type="string"), "version", "type changed"),
    "integer became number": (lambda s: _properties(s)["version"].update(type="number"), "version", "type changed"),
    "type of list elements": (
        lambda s: _properties(s)["spans"]["items"]["prefixItems"][1].update(type="number"),
        "spans[][1]",
        "type changed",
    ),
    "list became scalar": (
        lambda s: _properties(s).update(spans={"type": "integer", "default": []}),
        "spans",
        "type changed",
    ),
    "map values": (
        lambda s: _properties(s)["counts"]["additionalProperties"].update(type="string"),
        "counts{}",
        "type changed",
    ),
    "map closed": (
        lambda s: _properties(s)["counts"].update(additionalProperties=False),
        "counts{}",
        "elements changed",
    ),
    "became nullable": (
        lambda s: _properties(s).update(version={"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        "version",
        "type changed",
    ),
    "minimum raised": (lambda s: _properties(s, "Part")["at"].update(minimum=1), "parts[].at", "minimum tightened"),
    "maximum lowered": (lambda s: _properties(s, "Part")["at"].update(maximum=99), "parts[].at", "maximum tightened"),
    "maximum raised": (lambda s: _properties(s, "Part")["at"].update(maximum=101), "parts[].at", "maximum loosened"),
    "new minimum": (lambda s: _properties(s)["version"].update(minimum=1), "version", "minimum tightened"),
    "limit dropped": (lambda s: _properties(s)["parts"].pop("maxItems"), "parts", "maxItems loosened"),
    "shorter text": (
        lambda s: _properties(s, "Part")["note"]["anyOf"][0].update(maxLength=5),
        "parts[].note",
        "maxLength tightened",
    ),
    "pattern": (lambda s: _properties(s)["lesson_id"].update(pattern="^[a-y]+$"), "lesson_id", "pattern changed"),
    "value removed": (
        lambda s: _properties(s, "Part")["kind"]["enum"].remove("play"),
        "parts[].kind",
        "'play' removed",
    ),
    "value added": (lambda s: _properties(s, "Part")["kind"]["enum"].append("seek"), "parts[].kind", "'seek' added"),
    "values became free": (lambda s: _properties(s, "Part")["kind"].pop("enum"), "parts[].kind", "set of values"),
    "default of a new field contradicted": (lambda s: _with_floor(s, 1), "place", "default changed"),
    "default changed": (lambda s: _properties(s)["ratio"].update(default=1), "ratio", "default changed"),
    "default of another type": (lambda s: _properties(s)["ratio"].update(default="0.5"), "ratio", "default changed"),
    "unknown fields refused": (lambda s: s.update(additionalProperties=False), "{}", "elements changed"),
}


@pytest.mark.parametrize("change", ADDITIVE.values(), ids=ADDITIVE)
def test_additive_changes_pass(change: Callable[[dict[str, Any]], Any]) -> None:
    """New optional fields, other words and other names of parts break nobody."""
    after = copy.deepcopy(BEFORE)
    change(after)
    assert incompatibilities(BEFORE, after) == []


@pytest.mark.parametrize(("change", "at", "problem"), BREAKING.values(), ids=BREAKING)
def test_anything_else_is_refused_where_it_happened(
    change: Callable[[dict[str, Any]], Any], at: str, problem: str
) -> None:
    """A change that breaks old records or deployed consumers is named with its field."""
    after = copy.deepcopy(BEFORE)
    change(after)
    found = incompatibilities(BEFORE, after)
    assert any(one.at == at and problem in one.problem for one in found), [str(one) for one in found]


@pytest.mark.parametrize("revision", ["HEAD", "HEAD~1", "origin/main"])
@pytest.mark.parametrize("topic", [topic.name for topic in TOPICS])
def test_models_follow_what_was_committed(topic: str, revision: str) -> None:
    """Re-exporting does not hide a break: the models are compared with the schemas in the history, too."""
    path = f"libs/contracts/contracts/schemas/{topic}.json"
    shown = subprocess.run(
        ["git", "show", f"{revision}:{path}"], cwd=CHECKOUT, capture_output=True, text=True, timeout=20, check=False
    )
    committed = json.loads(shown.stdout) if shown.returncode == 0 else schemas.load(topic)
    assert [str(one) for one in incompatibilities(committed, schemas.all_schemas()[topic])] == []
