"""A retention curve as a small picture of letters."""

from collections.abc import Sequence
from itertools import pairwise

BLOCKS = " ▁▂▃▄▅▆▇█"
ROWS = 4


def retention(counts: Sequence[float], *, bucket_seconds: float, width: int = 60) -> list[str]:
    """`counts`: viewers per bucket. Returns the lines of a chart, an axis in seconds last; empty for no counts."""
    if not counts:
        return []
    columns = _resample(counts, min(width, len(counts)))
    top = max(*columns, 1.0)
    lines = []
    for row in range(ROWS - 1, -1, -1):
        cells = [min(max(value / top * ROWS - row, 0.0), 1.0) for value in columns]
        label = f"{top:>3.0f} " if row == ROWS - 1 else "    "
        lines.append(label + "│" + "".join(BLOCKS[round(cell * (len(BLOCKS) - 1))] for cell in cells))
    end = f"{len(counts) * bucket_seconds:.0f} s"
    lines.append("    └" + "─" * len(columns))
    lines.append("     0 s" + end.rjust(max(len(columns) - 3, len(end) + 1)))
    return lines


def _resample(counts: Sequence[float], columns: int) -> list[float]:
    """The mean of the buckets that fall into each column."""
    edges = [round(column * len(counts) / columns) for column in range(columns + 1)]
    slices = [counts[start : max(end, start + 1)] for start, end in pairwise(edges)]
    return [sum(part) / len(part) for part in slices]
