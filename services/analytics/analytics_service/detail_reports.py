"""Days, what players tell, and cohorts, as the API shows them. Times in seconds."""

from datetime import date

from pydantic import Field

from analytics_service.days import DayTotals, date_of
from analytics_service.disclosure import Block, Period, busy_periods, common_periods, widened
from analytics_service.reports import Shape
from analytics_service.seeking import matrix
from analytics_service.store_days import Calendar, Days, Told
from analytics_service.tallies import bucket_width_s


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


class SeekCell(Shape):
    """From a bucket of media to another one: these begin at `bucketSeconds` times their number."""

    from_bucket: int
    to_bucket: int
    seeks: int
    learners: int


class SeekTarget(Shape):
    bucket: int
    seeks: int


class Seeks(Shape):
    """The seek matrix, sparse: cells that are not listed are empty, or of too few learners if `suppressed`."""

    bucket_seconds: int
    cells: list[SeekCell]
    hot_cells: list[SeekCell] = Field(description="Those with the most seeks.")
    hot_targets: list[SeekTarget] = Field(description="The buckets that the most seeks led to.")
    suppressed: bool = Field(description="Whether cells of fewer than `smallestGroup` learners were left out.")


class Tallied(Shape):
    name: str
    times: int
    learners: int
    watch_time: float | None = Field(default=None, description="Seconds of media; speeds only.")


class Tallies(Shape):
    """By name, in order; names of too few learners are left out."""

    values: list[Tallied]
    suppressed: bool


class Rebuffering(Shape):
    """Null where `suppressed`: too few learners had to wait."""

    beats: int | None = Field(description="Reports of players that waited for data while they should have played.")
    learners: int | None
    seconds: float | None = Field(description="Real time that they waited; seeks and the start aside.")
    suppressed: bool


class Interactions(Shape):
    """What players told of the lesson's present video, and the speeds at which the ledger credited it."""

    lesson_id: str
    course_id: str
    smallest_group: int
    seeks: Seeks
    quality_changes: Tallies = Field(description="By the rendition that the player changed to.")
    errors: Tallies
    rebuffering: Rebuffering
    speeds: Tallies = Field(description="Credited media by speed; 1 is the video's own.")


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


def interactions(lesson_id: str, told: Told, smallest: int) -> Interactions:
    seeks = {name: (times, learners) for name, (times, learners, _) in told.tallies.get("seek", {}).items()}
    found = matrix(seeks, bucket_width_s(told.duration_ms or 0), smallest)
    cells = [
        SeekCell(from_bucket=cell.origin, to_bucket=cell.target, seeks=cell.seeks, learners=cell.learners)
        for cell in (*found.cells, *found.hot_cells)
    ]
    return Interactions(
        lesson_id=lesson_id,
        course_id=told.course_id,
        smallest_group=smallest,
        seeks=Seeks(
            bucket_seconds=found.bucket_s,
            cells=cells[: len(found.cells)],
            hot_cells=cells[len(found.cells) :],
            hot_targets=[SeekTarget(bucket=bucket, seeks=count) for bucket, count in found.hot_targets],
            suppressed=found.hidden,
        ),
        quality_changes=_tallies(told, "quality", smallest),
        errors=_tallies(told, "error", smallest),
        rebuffering=_rebuffering(told, smallest),
        speeds=_tallies(told, "speed", smallest),
    )


def _rebuffering(told: Told, smallest: int) -> Rebuffering:
    beats, learners, ms = told.tallies.get("stall", {}).get("data", (0, 0, 0))
    if 0 < learners < smallest:
        return Rebuffering(beats=None, learners=None, seconds=None, suppressed=True)
    return Rebuffering(beats=beats, learners=learners, seconds=ms / 1000, suppressed=False)


def _tallies(told: Told, kind: str, smallest: int) -> Tallies:
    named = told.tallies.get(kind, {})
    shown = {name: counts for name, counts in named.items() if counts[1] >= smallest}
    values = [
        Tallied(name=name, times=times, learners=learners, watch_time=ms / 1000 if kind == "speed" else None)
        for name, (times, learners, ms) in sorted(shown.items())
    ]
    return Tallies(values=values, suppressed=len(shown) < len(named))


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
