"""Days and cohorts, as the API shows them. Times in seconds."""

from datetime import date

from pydantic import Field

from analytics_service.days import DayTotals, date_of
from analytics_service.disclosure import Block, Period, busy_periods, common_periods, widened
from analytics_service.reports import Shape
from analytics_service.store_days import Calendar, Days


class DayNumbers(Shape):
    """The numbers of some days in a row (UTC), put together until the group was large enough; both included."""

    first_day: date
    last_day: date
    views: int = Field(description="That began on these days.")
    viewers: int = Field(description="Summed over the days: who came on two of them is in here twice.")
    new_viewers: int = Field(description="Whose first view of a lesson began on these days.")
    completions: int
    watch_time: float = Field(description="Seconds of media.")
    verified_time: float = Field(description="Seconds of real time.")


class DaySeries(Shape):
    """Days on which nothing happened are left out; so is a lesson with too few viewers to show any."""

    course_id: str
    lesson_id: str | None
    time_zone: str = "UTC"
    smallest_group: int
    days: list[DayNumbers]


class CohortNumbers(Shape):
    """A group of viewers that can be asked for; null: all others together, who cannot be told apart."""

    cohort: str | None
    viewers: int
    periods: list[tuple[date, date]] = Field(
        description="Days of first views (UTC) that are kept whole, both included."
    )


class Cohorts(Shape):
    lesson_id: str
    course_id: str
    suppressed: bool = Field(description="Whether these are fewer than `smallestGroup` viewers altogether, or none.")
    smallest_group: int
    cohorts: list[CohortNumbers]


def day_series(
    calendar: Calendar, lesson_id: str | None, smallest: int, first: int | None = None, last: int | None = None
) -> DaySeries:
    """Of one lesson or of all; `first` and `last` (days since 1970-01-01) are widened to whole periods."""
    periods = {name: _busy(days, smallest) for name, days in calendar.lessons.items()}
    common = common_periods(periods.values())
    first, last = widened(common, first, last)
    shown = [calendar.lessons[name] for name, own in periods.items() if own]
    return DaySeries(
        course_id=calendar.course_id,
        lesson_id=lesson_id,
        smallest_group=smallest,
        days=[
            _day(period, shown)
            for period in common
            if (first is None or first <= period.first) and (last is None or period.last <= last)
        ],
    )


def _busy(days: Days, smallest: int) -> tuple[Period, ...]:
    return busy_periods({day: (totals.viewers, totals.new_viewers) for day, totals in days.items()}, smallest)


def _day(period: Period, lessons: list[Days]) -> DayNumbers:
    within = [totals for days in lessons for day, totals in days.items() if period.first <= day <= period.last]
    totals = sum(within, start=DayTotals())
    return DayNumbers(
        first_day=date_of(period.first),
        last_day=date_of(period.last),
        views=totals.views,
        viewers=totals.viewers,
        new_viewers=totals.new_viewers,
        completions=totals.completions,
        watch_time=totals.watched_ms / 1000,
        verified_time=totals.spent_ms / 1000,
    )


def cohorts(lesson_id: str, course_id: str, blocks: tuple[Block, ...], smallest: int) -> Cohorts:
    return Cohorts(
        lesson_id=lesson_id,
        course_id=course_id,
        suppressed=not blocks,
        smallest_group=smallest,
        cohorts=[
            CohortNumbers(
                cohort=next(iter(block.cohorts)) if len(block.cohorts) == 1 else None,
                viewers=block.learners,
                periods=[(date_of(period.first), date_of(period.last)) for period in block.periods],
            )
            for block in blocks
        ],
    )
