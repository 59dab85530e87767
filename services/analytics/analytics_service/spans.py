"""Sets of integers as sorted, disjoint, half-open spans: the shape of a PostgreSQL multirange, without PostgreSQL."""

from collections.abc import Iterable

Span = tuple[int, int]
Spans = tuple[Span, ...]


def union(*sets: Iterable[Span]) -> Spans:
    """Everything that is in any of the sets; spans that overlap or touch become one. Empty spans vanish."""
    merged: list[Span] = []
    for start, end in sorted(span for spans in sets for span in spans):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def contains(spans: Spans, point: int) -> bool:
    """Whether the point is in the set."""
    return any(start <= point < end for start, end in spans)


def length(spans: Iterable[Span]) -> int:
    """How much the spans cover, taken one by one."""
    return sum(end - start for start, end in spans)
