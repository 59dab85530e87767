"""Sets of integers as sorted, disjoint, half-open spans: the shape of a PostgreSQL multirange, without PostgreSQL."""

from collections.abc import Iterable
from itertools import chain

Span = tuple[int, int]
Spans = tuple[Span, ...]


def union(*sets: Iterable[Span]) -> Spans:
    """Everything that is in any of the sets; spans that overlap or touch become one. Empty spans vanish."""
    merged: list[Span] = []
    for start, end in sorted(chain.from_iterable(sets)):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def with_point(spans: Spans, point: int) -> Spans:
    """The set and this point; quick where the point follows the last one, as versions do."""
    if spans and spans[-1][1] == point:
        return (*spans[:-1], (spans[-1][0], point + 1))
    return union(spans, ((point, point + 1),))


def contains(spans: Spans, point: int) -> bool:
    """Whether the point is in the set."""
    return any(start <= point < end for start, end in spans)


def length(spans: Iterable[Span]) -> int:
    """How much the spans cover, taken one by one."""
    return sum(end - start for start, end in spans)


def difference(spans: Spans, taken: Spans) -> Spans:
    """What is in the first set and not in the second."""
    left: list[Span] = []
    others = iter(taken)
    other = next(others, None)
    for begin, end in spans:
        start = begin
        while other is not None and other[1] <= start:
            other = next(others, None)
        while other is not None and other[0] < end:
            if start < other[0]:
                left.append((start, other[0]))
            start = other[1]
            if start >= end:
                break
            other = next(others, None)
        if start < end:
            left.append((start, end))
    return tuple(left)


def close_smallest_gaps(spans: Spans, most: int) -> Spans:
    """The set in at most that many spans: of more, the smallest gaps are taken into it, the earliest first."""
    if len(spans) <= most:
        return spans
    gaps = sorted(range(1, len(spans)), key=lambda i: (spans[i][0] - spans[i - 1][1], i))
    closed = set(gaps[: len(spans) - most])
    merged = [spans[0]]
    for number, (start, end) in enumerate(spans[1:], 1):
        if number in closed:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return tuple(merged)
