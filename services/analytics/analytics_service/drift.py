"""How far our figures and Mux's lie apart, what is likely to be the reason, and when somebody should look. Pure.

Both sides count the same days (UTC) by when a view began, and real time: ours is what the ledger verified, Mux's is
what the player says that it played.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

NOTABLE = 0.02
"""Smaller differences than this share have no causes told: two ways to count never agree on every second."""

RUNNING = timedelta(hours=1)
"""For so long after its last event Mux may hold a view open, and counts it only then."""


class Cause(StrEnum):
    """Why two honest counts differ. The codes are stable."""

    BEACONS_BLOCKED = "beacons_blocked"
    S3_PLAYS = "s3_plays"
    SYNC_LAG = "sync_lag"
    VIEWS_STILL_RUNNING = "views_still_running"
    VIEW_DEFINITION = "view_definition"
    REPORTS_MISSING = "reports_missing"
    LEDGER_CUTS = "ledger_cuts"


WORDS: dict[Cause, str] = {
    Cause.BEACONS_BLOCKED: "Ad blockers and strict networks stop Mux's beacons; reports to our own host come through.",
    Cause.S3_PLAYS: "The lesson played from S3 for part of this time, of which Mux knows nothing.",
    Cause.SYNC_LAG: "Our figures are newer than the last answer of Mux.",
    Cause.VIEWS_STILL_RUNNING: "Mux counts a view when it has ended, up to an hour after its last event.",
    Cause.VIEW_DEFINITION: "Mux counts every attempt to play; here a view has a credited second, and what begins "
    "within 30 minutes of the same learner's last watching belongs to it.",
    Cause.REPORTS_MISSING: "Plays whose reports never reached us: blocked, or offline for longer than allowed.",
    Cause.LEDGER_CUTS: "Mux counts all playing; the ledger leaves out what was too fast, twice at once, "
    "or in a hidden page.",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """One side's count. Real time in ms."""

    views: int
    played_ms: int


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known around a comparison: when Mux last answered, when our newest event was logged, S3 in between."""

    synced_at: datetime | None
    as_of: datetime | None
    on_s3: bool


@dataclass(frozen=True, slots=True)
class Drift:
    """Ours less Mux's, as a share of the larger of both: -1 if only Mux has any, 1 if only we do, 0 if neither."""

    views: float
    played: float
    causes: tuple[Cause, ...]

    @property
    def worst(self) -> float:
        return max(abs(self.views), abs(self.played))


def drift(ours: Figures, mux: Figures, around: Circumstances) -> Drift:
    """Compare the two sides of a lesson."""
    views, played = _share(ours.views, mux.views), _share(ours.played_ms, mux.played_ms)
    return Drift(views, played, tuple(_causes(views, played, around)))


def alarming(found: Drift, ours: Figures, mux: Figures, *, threshold: float, least_views: int) -> bool:
    """Whether somebody should look: past the threshold, in a lesson with enough views to mean something."""
    return found.worst > threshold and max(ours.views, mux.views) >= least_views


def _share(ours: int, mux: int) -> float:
    return (ours - mux) / max(ours, mux) if ours or mux else 0.0


def _causes(views: float, played: float, around: Circumstances) -> Iterator[Cause]:
    if max(abs(views), abs(played)) < NOTABLE:
        return
    if max(views, played) >= NOTABLE:
        if around.on_s3:
            yield Cause.S3_PLAYS
        yield Cause.BEACONS_BLOCKED
        yield from _lag(around)
    if min(views, played) <= -NOTABLE:
        if views <= -NOTABLE:
            yield Cause.VIEW_DEFINITION
        if played <= -NOTABLE:
            yield Cause.LEDGER_CUTS
        yield Cause.REPORTS_MISSING


def _lag(around: Circumstances) -> Iterator[Cause]:
    if around.as_of is None:
        return
    if around.synced_at is None or around.as_of > around.synced_at:
        yield Cause.SYNC_LAG
    elif around.as_of > around.synced_at - RUNNING:
        yield Cause.VIEWS_STILL_RUNNING
