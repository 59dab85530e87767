"""Range algebra on integer milliseconds: half-open, sorted, disjoint, coalesced; equal sets are equal tuples."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter

Range = tuple[int, int]
Ranges = tuple[Range, ...]

_start, _end = itemgetter(0), itemgetter(1)


def normalise(ranges: Iterable[Range]) -> Ranges:
    """The set that `ranges` cover together; empty and inverted ones cover nothing."""
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return tuple(merged)


def add(ranges: Ranges, extra: Range) -> Ranges:
    """What is in `ranges` or in one range more, in logarithmic time but for the copy."""
    start, end = extra
    if end <= start:
        return ranges
    if not ranges:
        return (extra,)
    if ranges[-1][0] <= start:  # what is watched goes on where it was: at the end
        before, after = ranges[-1]
        return (*ranges[:-1], (before, max(after, end))) if start <= after else (*ranges, extra)
    i = bisect_left(ranges, start, key=_end)
    j = bisect_right(ranges, end, lo=i, key=_start)
    if i < j:
        start, end = min(start, ranges[i][0]), max(end, ranges[j - 1][1])
    return (*ranges[:i], (start, end), *ranges[j:])


def contains(ranges: Ranges, point: int) -> bool:
    """Whether that point is covered."""
    i = bisect_right(ranges, point, key=_end)
    return i < len(ranges) and ranges[i][0] <= point


def union(a: Ranges, b: Ranges) -> Ranges:
    """What is in either."""
    if len(b) == 1:
        return add(a, b[0])
    return normalise((*a, *b)) if a and b else a or b


def _near(ranges: Ranges, start: int, end: int) -> Ranges:
    """Those that overlap [start, end), whole."""
    return ranges[bisect_right(ranges, start, key=_end) : bisect_left(ranges, end, key=_start)]


def intersect(a: Ranges, b: Ranges) -> Ranges:
    """What is in both."""
    if not a or not b or a[-1][1] <= b[0][0] or b[-1][1] <= a[0][0]:
        return ()
    if len(a) == 1 and len(b) == 1:
        start, end = max(a[0][0], b[0][0]), min(a[0][1], b[0][1])
        return ((start, end),) if start < end else ()
    a, b = _near(a, b[0][0], b[-1][1]), _near(b, a[0][0], a[-1][1])
    common: list[Range] = []
    i = j = 0
    while i < len(a) and j < len(b):
        start, end = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if start < end:
            common.append((start, end))
        if a[i][1] <= b[j][1]:
            i += 1
        else:
            j += 1
    return tuple(common)


def subtract(a: Ranges, b: Ranges) -> Ranges:
    """What is in `a` and not in `b`."""
    if not a or not b or b[-1][1] <= a[0][0] or a[-1][1] <= b[0][0]:
        return a
    if len(a) == 1 and b[-1][0] <= a[0][0]:  # only the last of them is in the way: time that was spent until lately
        return ((b[-1][1], a[0][1]),) if b[-1][1] < a[0][1] else ()
    b = _near(b, a[0][0], a[-1][1])
    left: list[Range] = []
    j = 0
    for start, end in a:
        at = start
        while j < len(b) and b[j][1] <= at:
            j += 1
        k = j
        while k < len(b) and b[k][0] < end:
            if b[k][0] > at:
                left.append((at, b[k][0]))
            at = max(at, b[k][1])
            k += 1
        if at < end:
            left.append((at, end))
    return tuple(left)


def clip(ranges: Ranges, start: int, end: int) -> Ranges:
    """What lies within [start, end)."""
    return intersect(ranges, ((start, end),)) if end > start else ()


def total(ranges: Iterable[Range]) -> int:
    """Summed length; where ranges overlap, each counts."""
    length = 0
    for start, end in ranges:
        length += end - start
    return length


def first(ranges: Sequence[Range], amount: int) -> tuple[Range, ...]:
    """The first `amount` of a sequence of ranges in the order given."""
    taken: list[Range] = []
    for start, end in ranges:
        if amount <= 0:
            break
        taken.append((start, min(end, start + amount)))
        amount -= end - start
    return tuple(taken)


def close_smallest_gaps(ranges: Ranges, keep: int) -> Ranges:
    """At most `keep` ranges that cover all of `ranges`: the smallest gaps are filled, of equal ones the earliest."""
    if len(ranges) <= keep:
        return ranges
    gaps = sorted(range(len(ranges) - 1), key=lambda i: (ranges[i + 1][0] - ranges[i][1], i))
    filled = [(ranges[i][1], ranges[i + 1][0]) for i in gaps[: len(ranges) - keep]]
    return normalise((*ranges, *filled))
