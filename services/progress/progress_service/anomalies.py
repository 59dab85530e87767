"""How unlike a person somebody's watching in a course looks: a score with its reasons, for a person to judge. Pure.

Each feature is a number from 0 to 1 with its own words and figures. The score is 1 − ∏(1 − weight × feature): it grows
with each of them and never beyond 1; a weight is the score of somebody who shows that feature fully and no other.
Nobody is scored before having watched for a while, and nothing reads the score but the owner's queue.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Literal

ReasonCode = Literal["maximum_rate", "untouched", "regular_beats", "parallel_players", "over_claims"]

WEIGHTS: Mapping[ReasonCode, float] = {
    "parallel_players": 0.8,
    "maximum_rate": 0.5,
    "over_claims": 0.5,
    "untouched": 0.4,
    "regular_beats": 0.2,
}
UNTOUCHED_MS = 3_600_000
"""Watching for so long between two signs of a person counts fully; half of it counts by half."""
ORDINARY_SHARE = 0.8
"""Browsers on an idle machine give so many beats the same length, to the millisecond; a script gives it to all."""
FEWEST_BEATS = 60
TELLING = 0.05
"""A feature that adds less than this to the score, alone, is not named as a reason."""


@dataclass(frozen=True, slots=True)
class Watching:
    """A learner's watching in one course, over all its lessons. Media and real time in ms, moments in epoch ms."""

    began_ms: int
    latest_ms: int
    spent_ms: int
    credited_ms: int
    fast_ms: int = 0
    signs: int = 0
    lengths: tuple[int, ...] = ()
    over_rate_ms: int = 0
    double_spent_ms: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody should look: `value` is the feature (0 to 1), `figures` what it was computed from."""

    code: ReasonCode
    value: float
    message: str
    figures: Mapping[str, float]

    @property
    def weight(self) -> float:
        return WEIGHTS[self.code]


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 1, to the thousandth, and its reasons, the weightiest first."""

    value: float
    reasons: tuple[Reason, ...] = ()


NONE = Score(0.0)


def score(watching: Watching, *, min_watched_ms: int) -> Score:
    """The score of somebody who has spent that much real time in the course; before that it is 0."""
    if watching.spent_ms < max(1, min_watched_ms):
        return NONE
    features = [
        _parallel_players(watching),
        _maximum_rate(watching),
        _over_claims(watching),
        _untouched(watching),
        _regular_beats(watching),
    ]
    doubt = 1 - prod(1 - reason.weight * reason.value for reason in features)
    telling = [reason for reason in features if reason.weight * reason.value >= TELLING]
    telling.sort(key=lambda reason: -reason.weight * reason.value)
    return Score(round(doubt, 3), tuple(telling))


def _maximum_rate(watching: Watching) -> Reason:
    """Share of the real time that was played at the course's maximum rate, or within 5 % of it."""
    share = min(1.0, watching.fast_ms / watching.spent_ms)
    return Reason(
        "maximum_rate",
        share,
        f"{_percent(share)} of the time was played at the highest rate that counts",
        {"atMaximumRateSeconds": watching.fast_ms / 1000, "watchedSeconds": watching.spent_ms / 1000},
    )


def _untouched(watching: Watching) -> Reason:
    """Real time for each sign of a person (pause, seek, change of rate, hidden page), against an hour."""
    each_ms = watching.spent_ms / (1 + watching.signs)
    return Reason(
        "untouched",
        min(1.0, each_ms / UNTOUCHED_MS),
        f"{watching.signs} pauses, seeks, changes of rate or hidden pages in {_minutes(watching.spent_ms)} of watching",
        {"signs": watching.signs, "watchedSeconds": watching.spent_ms / 1000},
    )


def _regular_beats(watching: Watching) -> Reason:
    """Share of beats of one length to the millisecond, beyond the share that browsers have."""
    beats, alike = sum(watching.lengths), max(watching.lengths, default=0)
    share = alike / beats if beats >= FEWEST_BEATS else 0.0
    return Reason(
        "regular_beats",
        max(0.0, share - ORDINARY_SHARE) / (1 - ORDINARY_SHARE),
        f"{alike} of {beats} reports came after the same time, to the millisecond",
        {"beats": beats, "alike": alike},
    )


def _parallel_players(watching: Watching) -> Reason:
    """Share of claims for time that other claims had spent already: n players at once come to 1 − 1/n."""
    claimed = watching.credited_ms + watching.double_spent_ms
    players = claimed / watching.credited_ms if watching.credited_ms else 1.0
    return Reason(
        "parallel_players",
        watching.double_spent_ms / claimed if claimed else 0.0,
        f"the same time was claimed more than once, as if {players:.1f} players had run at once",
        {"players": round(players, 2), "doubleSpentSeconds": watching.double_spent_ms / 1000},
    )


def _over_claims(watching: Watching) -> Reason:
    """Share of claims beyond what can be played in the time that they name."""
    claimed = watching.credited_ms + watching.over_rate_ms
    share = watching.over_rate_ms / claimed if claimed else 0.0
    return Reason(
        "over_claims",
        share,
        f"{_percent(share)} of what was claimed is more than can be played in the time",
        {"overRateSeconds": watching.over_rate_ms / 1000, "creditedSeconds": watching.credited_ms / 1000},
    )


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _minutes(ms: int) -> str:
    return f"{ms / 60_000:.0f} min"
