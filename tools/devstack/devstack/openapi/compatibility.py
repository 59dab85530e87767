"""What of a new OpenAPI document breaks clients that were written for the old one.

Direction decides: a request may ask for less than before and an answer may tell more, never the other way round. A new
value of an answer's enum is no break (clients must bear values that they don't know), one that is never told again is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from devstack.openapi.schemas import Way, schema_breaks

Json = dict[str, Any]

_METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True, slots=True)
class Break:
    """`operation` as in `GET /api/courses`, `field` a path such as `lessons[].title` or empty, `problem` in words."""

    operation: str
    side: Literal["operation", "parameter", "request", "response"]
    field: str
    problem: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.operation, self.side, self.field, self.problem) if part)


def breaks(old: Json, new: Json) -> list[Break]:
    """Every reason why a client of `old` may fail with `new`; empty if there is none."""
    after = {_key(name, path): operation for name, path, operation in _operations(new)}
    found: list[Break] = []
    for method, path, before in _operations(old):
        name = f"{method.upper()} {path}"
        now = after.get(_key(method, path))
        if now is None:
            found.append(Break(name, "operation", "", "removed"))
            continue
        pair = _Pair(name, old, new)
        found += [*pair.parameters(before, now), *pair.request(before, now), *pair.answers(before, now)]
    for event, before in _webhooks(old):
        name = f"webhook {event}"
        now = dict(_webhooks(new)).get(event)
        found += [Break(name, "operation", "", "removed")] if now is None else _Pair(name, old, new).told(before, now)
    return found


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document.get("paths", {}).items():
        yield from ((method, path, methods[method]) for method in _METHODS if method in methods)


def _webhooks(document: Json) -> Iterator[tuple[str, Json]]:
    yield from ((event, path["post"]) for event, path in document.get("webhooks", {}).items())


def _key(method: str, path: str) -> tuple[str, ...]:
    """What a client sees of an operation: how a parameter in the path is called is not part of it."""
    return (method, *("{}" if part.startswith("{") else part for part in path.split("/")))


@dataclass(frozen=True, slots=True)
class _Pair:
    operation: str
    old: Json
    new: Json

    def parameters(self, before: Json, now: Json) -> Iterator[Break]:
        was, is_ = _parameters(before), _parameters(now)
        for where, parameter in is_.items():
            if parameter.get("required") and not was.get(where, {}).get("required"):
                yield Break(self.operation, "parameter", where[1], "is required now")
        for where, parameter in was.items():
            if where not in is_:
                yield Break(self.operation, "parameter", where[1], "removed")
            else:
                yield from self._schemas("request", "parameter", parameter, is_[where], where[1])

    def request(self, before: Json, now: Json) -> Iterator[Break]:
        was, is_ = before.get("requestBody"), now.get("requestBody")
        if is_ is not None and is_.get("required") and not (was or {}).get("required"):
            yield Break(self.operation, "request", "", "a body is required now")
        if was is not None:
            yield from self._contents("request", was, is_ or {})

    def answers(self, before: Json, now: Json) -> Iterator[Break]:
        """Success only: what a failure says is a problem, whose types are stable by themselves."""
        for status, answer in before["responses"].items():
            if not status.startswith("2"):
                continue
            if status not in now["responses"]:
                yield Break(self.operation, "response", "", f"{status} is not answered any more")
            else:
                yield from self._contents("response", answer, now["responses"][status])

    def told(self, before: Json, now: Json) -> list[Break]:
        """A webhook is an answer that nobody asked for."""
        return list(self._contents("response", before["requestBody"], now["requestBody"]))

    def _contents(self, way: Way, before: Json, now: Json) -> Iterator[Break]:
        for media_type, content in before.get("content", {}).items():
            if media_type not in now.get("content", {}):
                yield Break(self.operation, way, "", f"{media_type} removed")
            else:
                yield from self._schemas(way, way, content, now["content"][media_type], "")

    def _schemas(
        self, way: Way, side: Literal["parameter", "request", "response"], before: Json, now: Json, at: str
    ) -> Iterator[Break]:
        found = schema_breaks(way, (before.get("schema", {}), self.old), (now.get("schema", {}), self.new), at)
        yield from (Break(self.operation, side, field, problem) for field, problem in found)


def _parameters(operation: Json) -> dict[tuple[str, str], Json]:
    return {
        (parameter["in"], parameter["name"]): parameter
        for parameter in operation.get("parameters", [])
        if parameter["in"] != "path"
    }
