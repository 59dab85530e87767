"""What players tell beat by beat: each beat once, known by its session and number. Pure.

These are claims of clients. They count where and how people seek and what went wrong, and credit nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from analytics_service.spans import Spans, close_smallest_gaps, contains, union
from analytics_service.tallies import Entries, added, tells, told
from contracts import WatchProgress

MAX_SEEN_SPANS = 200
"""More scattered numbers are no player's: beats in the smallest gaps count as seen."""


@dataclass(frozen=True, slots=True)
class Fold:
    """The numbers seen of a session after its requests, and what these told."""

    seen: Spans
    entries: Entries


def fold(seen: Spans, requests: Iterable[tuple[int, WatchProgress]]) -> Fold:
    """Take in the requests of one session, each with the shard it came from, as far as their beats are new.

    Only beats that tell something are looked at and remembered: the others have nothing to tell twice.
    """
    parts = []
    for shard, request in requests:
        new = {beat.seq for beat in request.beats if tells(beat) and not contains(seen, beat.seq)}
        parts.append(told(request, shard, new))
        seen = close_smallest_gaps(union(seen, ((number, number + 1) for number in new)), MAX_SEEN_SPANS)
    return Fold(seen, added(parts))


def worth_reading(request: WatchProgress) -> bool:
    """Whether any beat tells something."""
    return any(tells(beat) for beat in request.beats)


def merged(folds: Iterable[Fold]) -> Entries:
    """What all sessions told together."""
    return added(fold.entries for fold in folds)
