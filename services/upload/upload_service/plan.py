"""What a migration would move and what it would leave, with the reasons. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar
from uuid import UUID

from upload_service import pricing
from upload_service.pricing import Footage, Minutes

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Video:
    """A video that would move: of a lesson's upload, of an object that is still to become one, or of an address.

    `size` in bytes. `source_id` is None for what has no upload yet; `makes_lesson` says that its lesson would be made.
    """

    lesson_id: str
    course_id: str
    title: str
    source_id: UUID | None = None
    key: str | None = None
    url: str | None = None
    size: int | None = None
    duration_ms: int | None = None
    makes_lesson: bool = False

    @property
    def source(self) -> str:
        return self.key or self.url or ""

    @property
    def footage(self) -> Footage:
        return Footage(self.size, self.duration_ms)


@dataclass(frozen=True, slots=True)
class Left:
    """Something that was looked at and stays where it is."""

    source: str
    reason: str
    lesson_id: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    videos: Sequence[Video]
    left: Sequence[Left]

    @property
    def bytes(self) -> int:
        return sum(video.size or 0 for video in self.videos)

    @property
    def minutes(self) -> Minutes:
        return pricing.minutes(video.footage for video in self.videos)

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many were left for each reason, the most frequent first."""
        return dict(Counter(one.reason for one in self.left).most_common())

    @property
    def courses(self) -> Mapping[str, list[Video]]:
        found: dict[str, list[Video]] = {}
        for video in self.videos:
            found.setdefault(video.course_id, []).append(video)
        return dict(sorted(found.items()))

    def first(self, limit: int | None) -> "Plan":
        """The same plan, with no more than so many videos."""
        return self if limit is None else Plan(self.videos[:limit], self.left)


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of `size`, the last one shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
