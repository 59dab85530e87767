"""Spans to and from PostgreSQL's multiranges, as asyncpg has them."""

from collections.abc import Iterable
from typing import Any

from analytics_service.spans import Spans


def spans_of(multirange: Iterable[Any] | None) -> Spans:
    return tuple((part.lower, part.upper) for part in multirange or ())


def as_text(spans: Spans) -> str:
    """As text, because asyncpg takes a list of multiranges for an array of two dimensions."""
    return "{" + ",".join(f"[{start},{end})" for start, end in spans) + "}"
