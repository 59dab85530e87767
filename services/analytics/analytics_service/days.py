"""A lesson's numbers by day: UTC days, counted from 1970-01-01. Pure; docs/metrics.md says the same in prose."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from analytics_service.rollup import LearnerLesson, Watching

DAY_MS = 24 * 3_600_000
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class DayTotals:
    """A day's counters, or a change of them; `watched_ms` media, `spent_ms` real time."""

    views: int = 0
    viewers: int = 0
    new_viewers: int = 0
    completions: int = 0
    watched_ms: int = 0
    spent_ms: int = 0

    def __add__(self, other: "DayTotals") -> "DayTotals":
        return DayTotals(*(a + b for a, b in zip(self.values, other.values, strict=True)))

    def __sub__(self, other: "DayTotals") -> "DayTotals":
        return DayTotals(*(a - b for a, b in zip(self.values, other.values, strict=True)))

    @property
    def values(self) -> tuple[int, ...]:
        """In the order of the fields; `dataclasses.astuple` copies each, and this runs for every event."""
        return self.views, self.viewers, self.new_viewers, self.completions, self.watched_ms, self.spent_ms


NOTHING = DayTotals()


def day_of(epoch_ms: int) -> int:
    return epoch_ms // DAY_MS


def date_of(day: int) -> date:
    return _EPOCH + timedelta(days=day)


def number_of(day: date) -> int:
    return (day - _EPOCH).days


def watched_on(watching: Watching) -> tuple[int, DayTotals]:
    """The day on which this watching began, and what it adds to it."""
    return day_of(watching.began_at_ms), DayTotals(watched_ms=watching.credited_ms, spent_ms=watching.spent_ms)


def changed(before: LearnerLesson, after: LearnerLesson) -> Mapping[int, DayTotals]:
    """What happened to the days' views, viewers and completions while one learner went from `before` to `after`."""
    changes: dict[int, DayTotals] = defaultdict(DayTotals)
    for day, totals in _of(after).items():
        changes[day] += totals
    for day, totals in _of(before).items():
        changes[day] -= totals
    return {day: change for day, change in changes.items() if change != NOTHING}


def _of(learner: LearnerLesson) -> dict[int, DayTotals]:
    begun = Counter(day_of(start) for start, _ in learner.viewing)
    first = min(begun, default=None)
    days = {day: DayTotals(views=views, viewers=1, new_viewers=int(day == first)) for day, views in begun.items()}
    if learner.completed_at is not None:
        day = number_of(_utc(learner.completed_at).date())
        days[day] = days.get(day, NOTHING) + DayTotals(completions=1)
    return days


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
