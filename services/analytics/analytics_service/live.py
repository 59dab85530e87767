"""What goes on right now: from reports to sightings and beats, and from counts to what may be shown. Pure.

The live view counts what players report, before the ledger has judged it: it is quick, and it is no evidence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from contracts import WatchProgress

WATCHING_S = 45
"""Whoever was seen playing within this time is watching: four beats of a player that reports every ten seconds."""
SLOT_S = 5
RATE_SLOTS = 3
"""Beats per second are the mean over this many slots before the current one."""
COMPLETIONS_S = 900
KEPT_S = 1_800
"""What is older is of no use to the live view: it is not written, and it is swept away."""


class Viewer(NamedTuple):
    """A learner of a course; sorted, it is the order in which rows are locked."""

    course_id: str
    number: int


class Sighting(NamedTuple):
    """When (ms since the epoch, in the server's clock) and in which lesson a viewer was last seen playing."""

    seen_ms: int
    lesson_id: str


class Slot(NamedTuple):
    course_id: str
    lesson_id: str
    number: int
    shard: int


@dataclass(frozen=True, slots=True)
class Counts:
    """One lesson now. `beats` are those of the last RATE_SLOTS slots."""

    viewers: int = 0
    beats: int = 0
    completions: int = 0
    last_seen_ms: int | None = None


def viewer_of(course_id: str, learner_id: str) -> Viewer:
    """The learner as a number: two of a course share one with a chance of 1 in 2^64."""
    return Viewer(course_id, int.from_bytes(blake2b(learner_id.encode(), digest_size=8).digest(), signed=True))


def sightings(reports: Iterable[WatchProgress], now_ms: int) -> dict[Viewer, Sighting]:
    """Each viewer's latest. A beat that claims nothing played is none, and one from an offline queue is an old one."""
    found: dict[Viewer, Sighting] = {}
    for report in reports:
        played = [beat.at_ms for beat in report.beats if beat.segments]
        if not played:
            continue
        skew = report.received_at_ms - report.sent_at_ms
        sighting = Sighting(min(max(played) + skew, report.received_at_ms), report.lesson_id)
        viewer = viewer_of(report.course_id, report.learner_id)
        if sighting.seen_ms > now_ms - KEPT_S * 1000 and sighting > found.get(viewer, Sighting(0, "")):
            found[viewer] = sighting
    return found


def beats(reports: Iterable[tuple[int, WatchProgress]], now_ms: int) -> dict[Slot, int]:
    """Beats by when they were received; each report comes with its shard."""
    found: dict[Slot, int] = {}
    for shard, report in reports:
        if report.received_at_ms > now_ms - KEPT_S * 1000:
            slot = Slot(report.course_id, report.lesson_id, slot_of(report.received_at_ms), shard)
            found[slot] = found.get(slot, 0) + len(report.beats)
    return found


def slot_of(epoch_ms: int) -> int:
    return epoch_ms // (SLOT_S * 1000)


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be told of a course: the lessons that are large enough, and a total that betrays no small one."""

    lessons: frozenset[str]
    counted: frozenset[str]
    """The lessons whose sum the total is."""
    total: int | None


def shown(groups: Mapping[str, int], smallest: int) -> Shown:
    """Suppress lessons with fewer than `smallest`, and leave them out of the total if it would betray their sum.

    A total is None where it is itself smaller than that, nobody at all included: "fewer than five" tells nothing more.
    Where 1 is enough nothing is suppressed, and nobody is 0.
    """
    smallest = smallest if smallest > 1 else 0
    large = frozenset(lesson_id for lesson_id, size in groups.items() if size >= smallest)
    hidden = sum(size for lesson_id, size in groups.items() if lesson_id not in large)
    counted = frozenset(groups) if hidden >= smallest else large
    total = sum(groups[lesson_id] for lesson_id in counted)
    return Shown(large, counted, total if total >= smallest else None)
