"""The seek matrix: from which part of a video to which part its viewers jump. Pure; docs/metrics.md has the words."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from analytics_service.tallies import SEEK_BUCKETS

MOST_HOT = 10


@dataclass(frozen=True, slots=True)
class Jump:
    """A cell of the matrix, in buckets."""

    origin: int
    target: int
    seeks: int
    learners: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Cells in the order of their buckets. `hidden`: whether cells of small groups were left out."""

    bucket_s: int
    cells: tuple[Jump, ...]
    hidden: bool

    @property
    def hot_cells(self) -> list[Jump]:
        """The cells with the most seeks."""
        return sorted(self.cells, key=lambda cell: (-cell.seeks, cell.origin, cell.target))[:MOST_HOT]

    @property
    def hot_targets(self) -> list[tuple[int, int]]:
        """The buckets that the most seeks led to, and how many."""
        seeks: dict[int, int] = defaultdict(int)
        for cell in self.cells:
            seeks[cell.target] += cell.seeks
        return sorted(seeks.items(), key=lambda item: (-item[1], item[0]))[:MOST_HOT]


def matrix(tallied: Mapping[str, tuple[int, int]], bucket_s: int, smallest: int) -> Matrix:
    """The matrix from seeks and learners by name (`tallies.seek`), without cells of fewer than `smallest` learners.

    Names of another width, told before the duration was known, go to the buckets in which their middles lie. Two such
    cells may have learners in common: the larger number of learners stands for both.
    """
    sums: dict[tuple[int, int], tuple[int, int]] = {}
    for name, (seeks, learners) in tallied.items():
        width, *ends = map(int, name.split("/"))
        origin, target = (end if width == bucket_s else _bucket(end, width, bucket_s) for end in ends)
        known = sums.get((origin, target), (0, 0))
        sums[origin, target] = (known[0] + seeks, max(known[1], learners))
    cells = [Jump(*key, *sums[key]) for key in sorted(sums)]
    shown = tuple(cell for cell in cells if cell.learners >= smallest)
    return Matrix(bucket_s, shown, len(shown) < len(cells))


def _bucket(bucket: int, width_s: int, wanted_s: int) -> int:
    return min(int((bucket + 0.5) * width_s // wanted_s), SEEK_BUCKETS - 1)
