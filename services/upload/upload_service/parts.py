"""How a video is cut into the parts that S3 takes, and which of them are not there yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from upload_service.stored import PartSeen

MOST_PARTS = 10_000
LEAST_PART_BYTES = 5 << 20
"""S3's limits; the last part may be shorter."""
_STEP = 1 << 20


@dataclass(frozen=True, slots=True)
class Cut:
    """`size` bytes in parts of `part_size`, numbered from 1."""

    size: int
    part_size: int

    @property
    def count(self) -> int:
        return -(-self.size // self.part_size)

    def size_of(self, number: int) -> int:
        """The exact length of a part. Raises ValueError for one that is not among them."""
        if not 1 <= number <= self.count:
            raise ValueError(f"there are parts 1 to {self.count}")
        return min(self.part_size, self.size - (number - 1) * self.part_size)

    def arrived(self, seen: Iterable[PartSeen]) -> list[PartSeen]:
        """Those that are of this cut and whole, by number."""
        whole = {p.number: p for p in seen if 1 <= p.number <= self.count and p.size == self.size_of(p.number)}
        return [whole[number] for number in sorted(whole)]

    def missing(self, arrived: Sequence[PartSeen]) -> list[int]:
        """The numbers of the parts that are still to come."""
        there = {part.number for part in arrived}
        return [number for number in range(1, self.count + 1) if number not in there]


def cut(size: int, least: int) -> Cut:
    """Parts of `least` bytes, larger ones (by whole MiB) where those would be too many."""
    fitting = -(-size // MOST_PARTS)
    return Cut(size, max(least, -(-fitting // _STEP) * _STEP))
