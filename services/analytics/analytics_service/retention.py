"""Retention as a difference array: a watched range costs two cells, however long it is, and the curve is exact.

A cell says what changes at its second: how many ranges begin there less how many end (`edges`), and how many ms into
the second they do so (`late_ms`, with the same signs). Viewers of second s, in ms of watching:

    F(s) = 1000 * (edges of all cells up to s) - late_ms of cell s

so ranges that meet in the middle of a second cancel there, and the sum over all s is the length of all ranges.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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

    def __neg__(self) -> "Cell":
        return Cell(-self.edges, -self.late_ms)


Cells = Mapping[int, Cell]
"""By second of media."""


def cells_of(ranges: Iterable[Span]) -> dict[int, Cell]:
    """The cells that these ranges (ms) touch. Cells that cancel to nothing stay, so that batching leaves no trace."""
    cells: dict[int, Cell] = {}
    for start, end in ranges:
        if start == end:
            continue
        for position, sign in ((start, 1), (end, -1)):
            second, late = divmod(position, _SECOND_MS)
            cells[second] = cells.get(second, Cell()) + Cell(sign, sign * late)
    return cells


def without_zeros(cells: Cells) -> dict[int, Cell]:
    """The cells that say something, by second."""
    return {second: cells[second] for second in sorted(cells) if cells[second] != Cell()}


def per_second(cells: Cells, seconds: int) -> list[int]:
    """Ms of watching that fall into each of the first `seconds` seconds of media."""
    levels = accumulate(cells[s].edges if s in cells else 0 for s in range(seconds))
    return [_SECOND_MS * level - (cells[s].late_ms if s in cells else 0) for s, level in enumerate(levels)]


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
