"""Retention as a difference array: a watched range costs two cells, however long it is, and the curve is exact.

A cell says what changes at its second: how many ranges begin there less how many end (`edges`), and how many ms into
the second they do so (`late_ms`, with the same signs). Viewers of second s, in ms of watching:

    F(s) = 1000 * (edges of all cells up to s) - late_ms of cell s

so ranges that meet in the middle of a second cancel there, and the sum over all s is the length of all ranges.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate

from analytics_service.spans import Span

MAX_BUCKETS = 200
_SECOND_MS = 1_000


@dataclass(frozen=True, slots=True)
class Cell:
    edges: int = 0
    late_ms: int = 0

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(self.edges + other.edges, self.late_ms + other.late_ms)


Cells = Mapping[int, Cell]
"""By second of media."""


class Layer(IntEnum):
    """The two curves of a lesson: who has a second in their coverage, and how often it was watched again."""

    UNIQUE = 0
    REPLAYS = 1


Steps = list[int]
"""A second's cells of both layers, to be added to: `edges` and `late_ms` of the unique layer, then of the replays."""


def steps_of(watched: Iterable[Span], new: Iterable[Span]) -> dict[int, Steps]:
    """What a watching adds to both layers, by second; `new` is the part of it that is in the unique one.

    Every watching leaves its edges, if only as zeros: rows must not tell of the order of arrival.
    """
    steps: dict[int, Steps] = {}
    _add_edges(steps, watched, Layer.REPLAYS, 1)
    _add_edges(steps, new, Layer.REPLAYS, -1)
    _add_edges(steps, new, Layer.UNIQUE, 1)
    return steps


def _add_edges(steps: dict[int, Steps], ranges: Iterable[Span], layer: Layer, sign: int) -> None:
    edges, late_ms = 2 * layer, 2 * layer + 1
    for start, end in ranges:
        if start == end:
            continue
        for position, change in ((start, sign), (end, -sign)):
            second, late = divmod(position, _SECOND_MS)
            step = steps.get(second)
            if step is None:
                step = steps[second] = [0, 0, 0, 0]
            step[edges] += change
            step[late_ms] += change * late


def add_steps(total: dict[int, Steps], steps: Mapping[int, Steps]) -> None:
    """Add to a sum, whose lists stay its own."""
    for second, step in steps.items():
        known = total.get(second)
        if known is None:
            total[second] = step.copy()
        else:
            for part, change in enumerate(step):
                known[part] += change


def grown(replays: Cells, steps: Mapping[int, Steps]) -> Cells:
    """One learner's replays with those of a watching; cells that say nothing are left out, the rest is by second."""
    more = {second: Cell(edges, late_ms) for second, (_, _, edges, late_ms) in steps.items() if edges or late_ms}
    if not more:
        return replays
    total = {**replays, **{second: cell + replays.get(second, Cell()) for second, cell in more.items()}}
    return {second: total[second] for second in sorted(total) if total[second] != Cell()}


def per_second(cells: Cells, seconds: int) -> list[int]:
    """Ms of watching that fall into each of the first `seconds` seconds of media."""
    nothing = Cell()
    found = [cells.get(second, nothing) for second in range(seconds)]
    levels = accumulate(cell.edges for cell in found)
    return [_SECOND_MS * level - cell.late_ms for level, cell in zip(levels, found, strict=True)]


def reach_ms(*layers: Cells) -> int:
    """Where the furthest range ends, to the second."""
    return max((second + (cell.late_ms != 0) for cells in layers for second, cell in cells.items()), default=0) * 1000


def bucket_seconds(duration_ms: int) -> int:
    """Seconds of media per bucket, at least 1, such that there are at most MAX_BUCKETS."""
    return max(1, math.ceil(duration_ms / _SECOND_MS / MAX_BUCKETS))


def curve(cells: Cells, duration_ms: int) -> list[float]:
    """Mean number of watchers in each bucket; the last bucket may be shorter and is averaged over its true length."""
    seconds = math.ceil(duration_ms / _SECOND_MS)
    width = bucket_seconds(duration_ms)
    watching = per_second(cells, seconds)
    return [
        round(sum(watching[start : start + width]) / min(width * _SECOND_MS, duration_ms - start * _SECOND_MS), 3)
        for start in range(0, seconds, width)
    ]
