"""A lesson's numbers by day: UTC days, counted from 1970-01-01. Pure; docs/metrics.md says the same in prose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import add

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
        return DayTotals(*map(add, self.values, other.values))

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
    if before.completed_at == after.completed_at and _starts(before) == _starts(after):
        return {}
    old, new = _begun(before), _begun(after)
    first_old, first_new = min(old, default=None), min(new, default=None)
    done_old, done_new = _done(before), _done(after)
    changes = {
        day: DayTotals(
            views=new.get(day, 0) - old.get(day, 0),
            viewers=(day in new) - (day in old),
            new_viewers=(day == first_new) - (day == first_old),
            completions=(day == done_new) - (day == done_old),
        )
        for day in {*old, *new, *(day for day in (done_old, done_new) if day is not None)}
    }
    return {day: change for day, change in changes.items() if change != NOTHING}


def _starts(learner: LearnerLesson) -> list[int]:
    return [start for start, _ in learner.viewing]


def _begun(learner: LearnerLesson) -> dict[int, int]:
    """How many views began on which day."""
    days: dict[int, int] = {}
    for day in map(day_of, _starts(learner)):
        days[day] = days.get(day, 0) + 1
    return days


def _done(learner: LearnerLesson) -> int | None:
    return None if learner.completed_at is None else number_of(_utc(learner.completed_at).date())


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
