"""Where viewers leave: the steepest falls of the unique layer, smoothed. Pure; docs/metrics.md has the definition."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

SHORTEST_WINDOW_S = 5
LEAST_SHARE = 0.05
MOST = 10


@dataclass(frozen=True, slots=True)
class DropOff:
    """A second of media, how many viewers fewer watch after it than before it, and their share of all viewers."""

    second: int
    lost: float
    share: float


def window_s(seconds: int) -> int:
    """How many seconds each mean is taken over, of a video of that many."""
    return max(SHORTEST_WINDOW_S, math.ceil(seconds / 100))


def drop_offs(watching_ms: Sequence[int], viewers: int) -> list[DropOff]:
    """The drop-off points, the steepest first. `watching_ms` is the unique layer: ms of watching in each second."""
    window = window_s(len(watching_ms))
    sums, whole = [0, *accumulate(watching_ms)], viewers * window * 1_000
    falls = {
        second: fall
        for second in range(window, len(watching_ms) - window + 1)
        if (fall := 2 * sums[second] - sums[second - window] - sums[second + window]) > 0
        and fall >= LEAST_SHARE * whole
    }
    found: list[int] = []
    for second in sorted(falls, key=lambda second: (-falls[second], second)):
        if len(found) == MOST:
            break
        if all(abs(second - other) >= window for other in found):
            found.append(second)
    return [DropOff(s, round(falls[s] / window / 1_000, 3), round(falls[s] / whole, 4)) for s in found]
