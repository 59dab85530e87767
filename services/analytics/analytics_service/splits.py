"""By what tallies are split: player, browser and country, each into few parts; and which parts may be shown. Pure.

A tally of a part is kept like any other: of the kind `error/browser` there is `network/safari`. docs/metrics.md has the
words.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from contracts import Beat, WatchProgress
from contracts.clients import BROWSERS, OTHER, PLAYERS

UNKNOWN = "unknown"
SPLITS = ("player", "browser", "country")
SPLIT_KINDS = frozenset({"play", "quality", "error", "stall"})
_COUNTRY = re.compile("[A-Z]{2}")


class Counts(NamedTuple):
    """How often, by how many learners, and how many ms where that means something."""

    times: int = 0
    learners: int = 0
    ms: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A part that is shown. `with_others`: all that are too small are in it, and how many learners is not known."""

    name: str
    times: int
    learners: int | None
    ms: int
    with_others: bool


def parts_of(request: WatchProgress, beat: Beat) -> Iterator[tuple[str, str]]:
    """The part of each split that a beat belongs to."""
    told = (_known(beat.player, PLAYERS), _known(request.browser, BROWSERS), _country(request.country))
    return zip(SPLITS, told, strict=True)


def _known(told: str | None, names: tuple[str, ...]) -> str:
    if told is None:
        return UNKNOWN
    return told if told in names else OTHER


def _country(told: str | None) -> str:
    if told is None:
        return UNKNOWN
    return told if _COUNTRY.fullmatch(told) else OTHER


def shown(whole: Counts, parts: Mapping[str, Counts], smallest: int) -> tuple[Part, ...]:
    """The parts that may be shown of a number that is shown itself, by name: their sum is that number.

    Parts of fewer than `smallest` learners go with the smallest of the others, unnamed: left out, they would be what
    the rest lacks to the whole. What was counted before there were splits is such a part.
    """
    rest = whole.times - sum(part.times for part in parts.values())
    rest_ms = whole.ms - sum(part.ms for part in parts.values())
    large = {name: part for name, part in parts.items() if part.learners >= smallest}
    if not large:
        return ()
    small = [part for name, part in parts.items() if name not in large]
    times, ms = rest + sum(part.times for part in small), rest_ms + sum(part.ms for part in small)
    joined = min(large, key=lambda name: (large[name].learners, name)) if times or ms else None
    return tuple(
        Part(name, part.times + times, None, part.ms + ms, with_others=True)
        if name == joined
        else Part(name, *part, with_others=False)
        for name, part in sorted(large.items())
    )
