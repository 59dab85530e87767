"""Two schemas of the same thing, and what of the second breaks who was written for the first.

`request`: the second must take whatever the first took. `response`: it must tell nothing that the first ruled out.
"""

from collections.abc import Iterator
from typing import Any, Literal

Json = dict[str, Any]
Way = Literal["request", "response"]
Rooted = tuple[Json, Json]
"""A schema, and the document in which its references are looked up."""
Found = Iterator[tuple[str, str]]
"""The field, and what is wrong with it."""

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


def schema_breaks(way: Way, old: Rooted, new: Rooted, at: str, seen: frozenset[str] = frozenset()) -> Found:
    """Every break of the second schema; `at` is where they stand. Models that hold themselves are entered once."""
    reference = str(old[0].get("$ref"))
    if "$ref" in old[0] and reference in seen:
        return
    before, now = _alternatives(old), _alternatives(new)
    demanding, offering = (before, now) if way == "request" else (now, before)
    for one in demanding:
        fitting = [other for other in offering if _kind(other) == _kind(one) or not _kind(other)]
        if not fitting:
            told = _kind(one) or "anything"
            yield at, f"{told} is not taken any more" if way == "request" else f"may be {told} now"
            continue
        tries = [
            list(_compare(way, *_in_order(way, one, other, old, new), at, seen | {reference})) for other in fitting
        ]
        yield from min(tries, key=len)


def _in_order(way: Way, one: Json, other: Json, old: Rooted, new: Rooted) -> tuple[Rooted, Rooted]:
    first, second = (one, other) if way == "request" else (other, one)
    return (first, old[1]), (second, new[1])


def _alternatives(rooted: Rooted) -> list[Json]:
    """The schema without references at its top, a member for each of what it may be."""
    schema, root = rooted
    if "$ref" in schema:
        return _alternatives((root["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], root))
    among = schema.get("anyOf") or schema.get("oneOf")
    if not among:
        return [schema]
    return [found for member in among for found in _alternatives((member, root))]


def _kind(schema: Json) -> str:
    """`string`, `array`, … or nothing for what may be anything."""
    if "const" in schema and "type" not in schema:
        return type(schema["const"]).__name__
    return str(schema.get("type", ""))


def _compare(way: Way, old: Rooted, new: Rooted, at: str, seen: frozenset[str]) -> Found:
    before, now = old[0], new[0]
    yield from _values(way, before, now, at)
    yield from _formats(way, before, now, at)
    if way == "request":
        yield from _bounds(before, now, at)
        if before.get("default") != now.get("default"):
            yield at, f"means {now.get('default')!r} where it is left out, and no longer {before.get('default')!r}"
    yield from _fields(way, old, new, at, seen)
    for keyword, suffix in (("items", "[]"), ("additionalProperties", "{}")):
        one, other = before.get(keyword), now.get(keyword)
        if isinstance(one, dict) or isinstance(other, dict):
            rooted = (_schema(one), old[1]), (_schema(other), new[1])
            yield from schema_breaks(way, *rooted, at + suffix, seen)
        elif way == "request" and other is False and one is not False:
            yield at, "further fields are refused now"
    for pattern, one in before.get("patternProperties", {}).items():
        if (other := now.get("patternProperties", {}).get(pattern)) is None:
            yield at + "{}", f"names that match {pattern} removed"
        else:
            yield from schema_breaks(way, (one, old[1]), (other, new[1]), at + "{}", seen)
    for index, (one, other) in enumerate(zip(before.get("prefixItems", []), now.get("prefixItems", []), strict=False)):
        yield from schema_breaks(way, (one, old[1]), (other, new[1]), f"{at}[{index}]", seen)


def _schema(said: Any) -> Json:
    """What nothing is said of may be anything."""
    return said if isinstance(said, dict) else {}


def _fields(way: Way, old: Rooted, new: Rooted, at: str, seen: frozenset[str]) -> Found:
    before, now = old[0].get("properties", {}), new[0].get("properties", {})
    was_required, is_required = set(old[0].get("required", ())), set(new[0].get("required", ()))
    for name, schema in before.items():
        where = f"{at}.{name}" if at else name
        if name not in now:
            yield where, "removed"
        else:
            yield from schema_breaks(way, (schema, old[1]), (now[name], new[1]), where, seen)
            if way == "response" and name in was_required - is_required:
                yield where, "may be absent now"
    for name in sorted(is_required - was_required) if way == "request" else ():
        yield f"{at}.{name}" if at else name, "is required now"


def _values(way: Way, before: Json, now: Json, at: str) -> Found:
    was, is_ = _enum(before), _enum(now)
    if was is None and is_ is not None and way == "request":
        yield at, f"takes only {is_} now"
    if was is not None and is_ is None and way == "response":
        yield at, f"may be other than {was} now"
    for value in was or ():
        if is_ is not None and value not in is_:
            yield at, f"value {value!r} removed"


def _enum(schema: Json) -> list[Any] | None:
    values: list[Any] | None = [schema["const"]] if "const" in schema else schema.get("enum")
    return values


def _formats(way: Way, before: Json, now: Json, at: str) -> Found:
    was, is_ = before.get("format"), now.get("format")
    binding = is_ if way == "request" else was
    if was != is_ and binding is not None:
        yield at, f"format was {was} and is {is_}"


def _bounds(before: Json, now: Json, at: str) -> Found:
    for keyword in (*_LOWER, *_UPPER):
        was, is_ = before.get(keyword), now.get(keyword)
        if is_ is not None and (was is None or (is_ > was if keyword in _LOWER else is_ < was)):
            yield at, f"{keyword} was {was} and is {is_}"
    if "pattern" in now and now["pattern"] != before.get("pattern"):
        yield at, f"pattern was {before.get('pattern')} and is {now['pattern']}"
