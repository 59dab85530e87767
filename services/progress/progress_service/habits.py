"""How somebody watches, in a few counters: what the ledger need not know, and a person may want to look at. Pure.

Sums and minima only, so that a beat leaves the same whenever it comes, and so little that it can lie beside the lesson.
Nothing here is ever looked at when credit or completion is decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from contracts import Beat

SIGNS = frozenset({"pause", "seek", "ratechange"})
"""What a person does to a player. That a page is hidden is another sign, and told by the beat itself."""
LENGTHS = 13
"""Beats are counted by their length in milliseconds modulo this: a prime, so that no timer's grain falls into one."""
SHORTEST_MS = 5_000
"""Beats that are shorter tell of the end of a video, and not of the timer."""
FAST = 0.95
"""Of the maximum rate: playing that is not slower counts as at the maximum."""
SLOWEST_MAXIMUM = 1.5
"""Where a course allows less, playing at the maximum says nothing: it is what many like anyway."""


@dataclass(frozen=True, slots=True)
class Habits:
    """Of one learner in one lesson. `began_ms` is when the first grant began (epoch ms), None before any beat.

    `fast_ms` is real time spent at the maximum rate, `signs` the beats that tell of a person, `lengths` the others of
    some length, counted by their length modulo `LENGTHS`; empty if there are none.
    """

    began_ms: int | None = None
    fast_ms: int = 0
    signs: int = 0
    lengths: tuple[int, ...] = ()

    def after(self, beats: Sequence[Beat], *, granted_at_ms: int, fast_ms: int) -> "Habits":
        """The habits after beats that were not judged before, which spent so much real time at the maximum rate."""
        if not beats:
            return self
        signs, lengths = self.signs, self.lengths
        counts: list[int] | None = None
        for beat in beats:
            since, at = beat.since_ms, beat.at_ms
            if beat.hidden or (beat.events and any(event.type in SIGNS for event in beat.events)):
                signs += 1
            elif since is not None and at - since >= SHORTEST_MS:
                if counts is None:
                    counts = list(lengths) or [0] * LENGTHS
                counts[(at - since) % LENGTHS] += 1
        began = granted_at_ms if self.began_ms is None else min(self.began_ms, granted_at_ms)
        return Habits(began, self.fast_ms + fast_ms, signs, lengths if counts is None else tuple(counts))


NO_HABITS = Habits()


def fast_pace(max_rate: float) -> float:
    """Media for each unit of real time from which playing is at the maximum rate; nothing is, where that is low."""
    return FAST * max_rate if max_rate >= SLOWEST_MAXIMUM else inf
