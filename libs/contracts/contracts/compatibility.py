"""May this schema take the place of that one? A topic holds records of both, read by consumers of both.

So the new model must accept every old record, and deployed consumers must accept every new one. They validate what
they read, and what they cannot validate goes to the dead letters: that is why a *widened* field is refused like a
narrowed one, a new enum value included. What remains is the additive change: a new optional field, which old
consumers ignore and old records lack. Anything else is a new topic.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]

_PROSE = {"$schema", "$id", "$defs", "title", "description", "examples"}
_LOWER = {"minimum", "exclusiveMinimum", "minLength", "minItems"}
_UPPER = {"maximum", "exclusiveMaximum", "maxLength", "maxItems"}
_BY_ITSELF = {"properties", "required", "enum", "items", "prefixItems", "anyOf", "additionalProperties"}
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """`at` is the field, `beats[].events[].type`; `problem` says what changed and whom it breaks."""

    at: str
    problem: str

    def __str__(self) -> str:
        return f"{self.at or 'the event'}: {self.problem}"


def incompatibilities(old: Schema, new: Schema) -> list[Incompatibility]:
    """Every reason why `new` cannot follow `old` on the same topic; empty if it can."""
    return list(_compare(_inlined(old, old), _inlined(new, new), ""))


def _inlined(schema: Any, root: Schema) -> Any:
    """The schema without references, so that moving a model to another name changes nothing."""
    if isinstance(schema, list):
        return [_inlined(part, root) for part in schema]
    if not isinstance(schema, dict):
        return schema
    reference = schema.get("$ref")
    if isinstance(reference, str):
        target = root["$defs"][reference.removeprefix("#/$defs/")]
        return _inlined({**target, **{name: value for name, value in schema.items() if name != "$ref"}}, root)
    return {name: _inlined(value, root) for name, value in schema.items() if name != "$defs"}


def _compare(old: Schema, new: Schema, at: str) -> Iterator[Incompatibility]:
    yield from _fields(old, new, at)
    yield from _values(old, new, at)
    for keyword, suffix in (("items", "[]"), ("additionalProperties", "{}")):
        yield from _nested(old.get(keyword, _ABSENT), new.get(keyword, _ABSENT), at + suffix)
    for keyword, suffix in (("prefixItems", "[{}]"), ("anyOf", "")):
        yield from _alternatives(old.get(keyword, []), new.get(keyword, []), at, suffix)
    for keyword in sorted((old.keys() | new.keys()) - _PROSE - _BY_ITSELF):
        before, after = old.get(keyword, _ABSENT), new.get(keyword, _ABSENT)
        if keyword == "default" and isinstance(before, dict):
            before = _with_new_fields(before, old, new)
        if before != after or type(before) is not type(after):
            yield Incompatibility(at, _changed(keyword, before, after))


def _with_new_fields(default: dict[str, Any], old: Schema, new: Schema) -> dict[str, Any]:
    """An object's default as it has to be now: what was added to the object is there with its own default."""
    added = new.get("properties", {}).keys() - old.get("properties", {}).keys()
    return {name: new["properties"][name].get("default") for name in added} | default


def _fields(old: Schema, new: Schema, at: str) -> Iterator[Incompatibility]:
    before, after = old.get("properties", {}), new.get("properties", {})
    was_required, is_required = set(old.get("required", ())), set(new.get("required", ()))
    for name in before.keys() | after.keys():
        where = f"{at}.{name}" if at else name
        if name not in after:
            yield Incompatibility(where, "removed or renamed: deployed consumers read it")
        elif name not in before:
            if name in is_required:
                yield Incompatibility(where, "new and required: older records lack it")
        else:
            if name in is_required - was_required:
                yield Incompatibility(where, "became required: older records may lack it")
            if name in was_required - is_required:
                yield Incompatibility(where, "became optional: deployed consumers require it")
            yield from _compare(before[name], after[name], where)


def _values(old: Schema, new: Schema, at: str) -> Iterator[Incompatibility]:
    before, after = old.get("enum"), new.get("enum")
    if before is None or after is None:
        if before != after:
            yield Incompatibility(at, f"the set of values changed from {before} to {after}")
        return
    for value in before:
        if value not in after:
            yield Incompatibility(at, f"value {value!r} removed: older records hold it")
    for value in after:
        if value not in before:
            yield Incompatibility(at, f"value {value!r} added: deployed consumers would send it to the dead letters")


def _nested(before: Any, after: Any, at: str) -> Iterator[Incompatibility]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _compare(before, after, at)
    elif before is not after and before != after:
        yield Incompatibility(at, "the type of the elements changed")


def _alternatives(before: list[Schema], after: list[Schema], at: str, suffix: str) -> Iterator[Incompatibility]:
    if len(before) != len(after):
        yield Incompatibility(
            at, f"type changed: {len(before) or 'no'} alternatives before, {len(after) or 'none'} now"
        )
        return
    for index, (one, other) in enumerate(zip(before, after, strict=True)):
        yield from _compare(one, other, at + suffix.format(index))


def _changed(keyword: str, before: Any, after: Any) -> str:
    was, now = ("nothing" if value is _ABSENT else repr(value) for value in (before, after))
    if keyword in _LOWER | _UPPER:
        return f"{keyword} {_direction(keyword, before, after)}, from {was} to {now}"
    if keyword == "default":
        return f"default changed from {was} to {now}: records that lack the field would mean something else"
    return f"{keyword} changed from {was} to {now}"


def _direction(keyword: str, before: Any, after: Any) -> str:
    if before is _ABSENT or after is _ABSENT:
        return "tightened" if before is _ABSENT else "loosened (deployed consumers would refuse)"
    grew = after > before
    return "tightened" if grew == (keyword in _LOWER) else "loosened (deployed consumers would refuse)"
