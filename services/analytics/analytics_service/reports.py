"""Reports as the API shows them: seconds, rates and curves, from what the store keeps in ms and cells."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from analytics_service.days import date_of
from analytics_service.disclosure import Choice
from analytics_service.dropoffs import drop_offs
from analytics_service.retention import Layer, bucket_seconds, curve, per_second, reach_ms
from analytics_service.rollup import Totals
from analytics_service.store_reports import CourseReport, LessonReport, OwnReport


class Shape(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        frozen=True,
        json_schema_serialization_defaults_required=True,
    )


class Retention(Shape):
    """Mean number of watchers in each bucket of media; the last bucket may be shorter than the others."""

    bucket_seconds: int = Field(ge=1)
    unique: list[float] = Field(description="Learners whose coverage includes it.")
    replays: list[float] = Field(description="How often it was watched again.")


class DropOffPoint(Shape):
    """A second of media at which many stop watching, smoothed as docs/metrics.md says."""

    position: int = Field(description="Seconds of media.")
    lost: float = Field(description="How many learners fewer watch after it than before it.")
    share: float = Field(ge=0, description="Of the viewers.")


class Figures(Shape):
    """The numbers of docs/metrics.md. Times in seconds. All null where a group is too small to be shown."""

    suppressed: bool = Field(description="Whether these are fewer than `smallestGroup` viewers; then all is null.")
    smallest_group: int
    views: int | None = None
    unique_viewers: int | None = None
    average_watch_time: float | None = Field(default=None, description="Seconds of media per view.")
    total_watch_time: float | None = Field(default=None, description="Seconds of media, newly covered and replayed.")
    average_verified_time: float | None = Field(default=None, description="Seconds of real time per view.")
    total_verified_time: float | None = Field(default=None, description="Seconds of real time that this used up.")
    completions: int | None = None
    completion_rate: float | None = Field(
        default=None, ge=0, le=1, description="Of the viewers, the share that completed."
    )


class LessonNumbers(Figures):
    """One lesson's numbers."""

    lesson_id: str
    course_id: str
    title: str
    duration: float | None = Field(description="Seconds.")
    as_of: datetime | None = Field(description="When the newest event in these numbers was logged; null: suppressed.")


class Filter(Shape):
    """Whom the numbers are about. The days may be further apart than was asked for: groups are kept whole."""

    cohort: str | None = Field(description="null: every cohort.")
    first_view_from: date | None = Field(description="First views from this day (UTC) on; null: from the first on.")
    first_view_to: date | None = Field(description="Up to this day, which is included; null: up to now.")


class LessonAnalytics(LessonNumbers):
    filter: Filter | None = Field(description="null: about everybody.")
    retention: Retention | None
    drop_offs: list[DropOffPoint] | None = Field(description="The steepest first.")


class CourseAnalytics(Figures):
    """A course's numbers, and those of its lessons. Lessons that are suppressed are in no sum.

    Views, times and completions are sums over the lessons, a viewer is one in however many; there is no rate.
    """

    course_id: str
    title: str
    lessons: list[LessonNumbers]


class OwnAnalytics(Shape):
    """What the caller watched of a lesson. Times and positions in seconds."""

    lesson_id: str
    course_id: str
    title: str
    duration: float | None
    views: int
    watch_time: float
    covered: list[tuple[float, float]]
    last_watched_at: datetime | None
    completed_at: datetime | None


def lesson_analytics(report: CourseReport, smallest: int) -> LessonAnalytics:
    """Of a report with one lesson. Where no duration is known, the curve ends where the furthest viewer did."""
    return _with_curve(report.course_id, report.lessons[0], None, smallest)


def chosen_analytics(course_id: str, lesson: LessonReport, choice: Choice, smallest: int) -> LessonAnalytics:
    """Of the viewers that a filter chose."""
    chosen = Filter(
        cohort=next(iter(choice.cohorts)) if choice.cohorts is not None else None,
        first_view_from=None if choice.first is None else date_of(choice.first),
        first_view_to=None if choice.last is None else date_of(choice.last),
    )
    return _with_curve(course_id, lesson, chosen, smallest)


def course_analytics(report: CourseReport, smallest: int) -> CourseAnalytics:
    shown = [lesson for lesson in report.lessons if not is_small(lesson.totals, smallest)]
    totals = sum((lesson.totals for lesson in shown), start=Totals())
    small = totals == Totals() and len(shown) < len(report.lessons)
    figures: dict[str, float | None] = {**_figures(totals), "unique_viewers": report.viewers, "completion_rate": None}
    return CourseAnalytics(
        **({} if small else figures),
        suppressed=small,
        smallest_group=smallest,
        course_id=report.course_id,
        title=report.title or "",
        lessons=[_numbers(report.course_id, lesson, smallest) for lesson in report.lessons],
    )


def own_analytics(report: OwnReport) -> OwnAnalytics:
    return OwnAnalytics(
        lesson_id=report.lesson_id,
        course_id=report.course_id,
        title=report.title,
        duration=seconds(report.duration_ms),
        views=report.views,
        watch_time=report.watched_ms / 1000,
        covered=[(start / 1000, end / 1000) for start, end in report.covered],
        last_watched_at=report.last_watched_at,
        completed_at=report.completed_at,
    )


def is_small(totals: Totals, smallest: int) -> bool:
    """Whether somebody did something, and they are too few to be shown."""
    return totals.viewers < smallest and totals != Totals()


def seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000


def _with_curve(course_id: str, lesson: LessonReport, chosen: Filter | None, smallest: int) -> LessonAnalytics:
    numbers = _numbers(course_id, lesson, smallest)
    if numbers.suppressed:
        return LessonAnalytics(**numbers.model_dump(), filter=chosen, retention=None, drop_offs=None)
    unique, replays = lesson.cells.get(Layer.UNIQUE, {}), lesson.cells.get(Layer.REPLAYS, {})
    duration_ms = reach_ms(unique, replays) if lesson.duration_ms is None else lesson.duration_ms
    falls = drop_offs(per_second(unique, duration_ms // 1000), lesson.totals.viewers)
    return LessonAnalytics(
        **numbers.model_dump(),
        filter=chosen,
        retention=Retention(
            bucket_seconds=bucket_seconds(duration_ms),
            unique=curve(unique, duration_ms),
            replays=curve(replays, duration_ms),
        ),
        drop_offs=[DropOffPoint(position=fall.second, lost=fall.lost, share=fall.share) for fall in falls],
    )


def _numbers(course_id: str, lesson: LessonReport, smallest: int) -> LessonNumbers:
    small = is_small(lesson.totals, smallest)
    return LessonNumbers(
        **_about(course_id, lesson),
        **({} if small else _figures(lesson.totals)),
        suppressed=small,
        smallest_group=smallest,
        as_of=None if small else lesson.as_of,
    )


def _about(course_id: str, lesson: LessonReport) -> dict[str, object]:
    return {
        "lesson_id": lesson.lesson_id,
        "course_id": course_id,
        "title": lesson.title,
        "duration": seconds(lesson.duration_ms),
    }


def _figures(totals: Totals) -> dict[str, float]:
    return {
        "views": totals.views,
        "unique_viewers": totals.viewers,
        "average_watch_time": round(totals.average_watch_ms / 1000, 3),
        "total_watch_time": totals.watched_ms / 1000,
        "average_verified_time": round(totals.average_spent_ms / 1000, 3),
        "total_verified_time": totals.spent_ms / 1000,
        "completions": totals.completions,
        "completion_rate": round(totals.completion_rate, 4),
    }
