"""Records that have come and are not done, by partition: for how long the oldest has waited. Pure.

The age of what was done last stands still when its consumer does; the age of what is still to be done grows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, Protocol, TypeVar

P = TypeVar("P")


class Dated(Protocol):
    """A record: its place in its partition, and when it was written (ms since the epoch)."""

    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...


class _First(NamedTuple):
    offset: int
    written_s: float


@dataclass(slots=True)
class Waiting(Generic[P]):
    """The first record of each partition that has come and is not done, however often it comes."""

    _first: dict[P, _First] = field(default_factory=dict)

    def came(self, records: Iterable[tuple[P, Dated]]) -> None:
        for partition, record in records:
            first = self._first.get(partition)
            if first is None or record.offset < first.offset:
                self._first[partition] = _First(record.offset, record.timestamp / 1000)

    def done(self, partitions: Iterable[P]) -> None:
        for partition in partitions:
            self._first.pop(partition, None)

    def keep(self, positions: Mapping[P, int]) -> None:
        """Forget what is not ours any more: other partitions, and what somebody else has done while they were."""
        self._first = {
            partition: first
            for partition, first in self._first.items()
            if partition in positions and positions[partition] <= first.offset
        }

    def age_s(self, now_s: float) -> float:
        """Of the oldest; 0 where nothing waits, and where clocks differ the wrong way."""
        return max([0.0, *(now_s - first.written_s for first in self._first.values())])
