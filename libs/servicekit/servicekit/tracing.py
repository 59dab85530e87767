"""Spans of requests and batches for a collector, where the settings name one; where they don't, nothing is made.

The ids are those that travel anyway: `telemetry` names a span of ours in each `traceparent`, and here it is told what
that span was.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Literal, Protocol

from servicekit import telemetry
from servicekit.settings import CommonSettings

Attributes = Mapping[str, str | int]
_MOST_LINKS = 32


@dataclass(frozen=True, slots=True)
class Span:
    """Something that a process did, in epoch ns. `own`, `parent` and `links` are `traceparent` headers."""

    name: str
    kind: Literal["server", "consumer"]
    own: str
    parent: str | None
    links: Sequence[str]
    began_ns: int
    ended_ns: int
    attributes: Attributes
    failed: bool


class Spans(Protocol):
    """Takes spans without waiting, and brings them away by itself."""

    def take(self, span: Span) -> None: ...

    def close(self) -> None: ...


class Traced(Protocol):
    """What has been caused by somebody, who may have said in which trace."""

    @property
    def traceparent(self) -> str | None: ...


_spans: Spans | None = None


@contextmanager
def exporting(settings: CommonSettings, process: str) -> Iterator[None]:
    """Within the block spans go to the collector of the settings, if there is one; what is left goes at its end."""
    global _spans
    if settings.otlp_endpoint is None:
        yield
        return
    from servicekit.otlp import OtlpSpans  # noqa: PLC0415 - a third of a second that only who uses it waits for

    _spans = spans = OtlpSpans(settings.otlp_endpoint, process, ratio=settings.traces_ratio)
    try:
        yield
    finally:
        _spans = None
        spans.close()


def answered(method: str, route: str, status: int, elapsed_s: float, *, own: str, caller: str | None) -> None:
    """A request has been answered; `own` is the span of it, `caller` that of who asked."""
    if _spans is None:
        return
    ended = time.time_ns()
    attributes: Attributes = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
    began = ended - int(elapsed_s * 1e9)
    _spans.take(Span(f"{method} {route}", "server", own, caller, (), began, ended, attributes, status >= 500))


@contextmanager
def consuming(topic: str, batch: Sequence[Traced]) -> Iterator[None]:
    """A batch is applied within the block: the child of what caused its first record, linked to the others' causes."""
    own = telemetry.traceparent.get()
    if _spans is None or own is None:
        yield
        return
    began, failed = time.time_ns(), True
    try:
        yield
        failed = False
    finally:
        parent = telemetry.valid(batch[0].traceparent)
        others = dict.fromkeys(cause for one in batch[1:] if (cause := telemetry.valid(one.traceparent)) is not None)
        links = list(islice((cause for cause in others if cause != parent), _MOST_LINKS))
        attributes: Attributes = {"messaging.destination.name": topic, "messaging.batch.message_count": len(batch)}
        if (spans := _spans) is not None:
            ended = time.time_ns()
            spans.take(Span(f"apply {topic}", "consumer", own, parent, links, began, ended, attributes, failed))
