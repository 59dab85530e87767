"""Reports as the API shows them: seconds, rates and curves, from what the store keeps in ms and cells."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from analytics_service.retention import bucket_seconds, curve, reach_ms
from analytics_service.rollup import Layer
from analytics_service.store import CourseReport, LessonReport, OwnReport


class _Shape(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Retention(_Shape):
    """Mean number of watchers in each bucket of media; the last bucket may be shorter than the others."""

    bucket_seconds: int = Field(ge=1)
    unique: list[float] = Field(description="Viewers whose coverage includes it.")
    replays: list[float] = Field(description="How often it was watched again.")


class LessonNumbers(_Shape):
    """One lesson's numbers as docs/metrics.md defines them. Times in seconds."""

    lesson_id: str
    course_id: str
    title: str
    duration: float | None
    views: int
    unique_viewers: int
    average_watch_time: float = Field(description="Watch time per view.")
    total_watch_time: float = Field(description="Credited media: newly covered and replayed.")
    completions: int
    completion_rate: float = Field(ge=0, le=1, description="Of the viewers, the share that completed.")
    as_of: datetime = Field(description="When the newest event in these numbers was logged.")


class LessonAnalytics(LessonNumbers):
    retention: Retention


class CourseAnalytics(_Shape):
    course_id: str
    title: str
    lessons: list[LessonNumbers]


class OwnAnalytics(_Shape):
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


def lesson_analytics(report: CourseReport) -> LessonAnalytics:
    """Of a report with one lesson. Where no duration is known, the curve ends where the furthest viewer did."""
    lesson = report.lessons[0]
    unique, replays = lesson.cells.get(Layer.UNIQUE, {}), lesson.cells.get(Layer.REPLAYS, {})
    duration_ms = reach_ms(unique, replays) if lesson.duration_ms is None else lesson.duration_ms
    return LessonAnalytics(
        **_numbers(report.course_id, lesson).model_dump(),
        retention=Retention(
            bucket_seconds=bucket_seconds(duration_ms),
            unique=curve(unique, duration_ms),
            replays=curve(replays, duration_ms),
        ),
    )


def course_analytics(report: CourseReport) -> CourseAnalytics:
    return CourseAnalytics(
        course_id=report.course_id,
        title=report.title or "",
        lessons=[_numbers(report.course_id, lesson) for lesson in report.lessons],
    )


def own_analytics(report: OwnReport) -> OwnAnalytics:
    return OwnAnalytics(
        lesson_id=report.lesson_id,
        course_id=report.course_id,
        title=report.title,
        duration=_seconds(report.duration_ms),
        views=report.views,
        watch_time=report.watched_ms / 1000,
        covered=[(start / 1000, end / 1000) for start, end in report.covered],
        last_watched_at=report.last_watched_at,
        completed_at=report.completed_at,
    )


def _numbers(course_id: str, lesson: LessonReport) -> LessonNumbers:
    totals = lesson.totals
    return LessonNumbers(
        lesson_id=lesson.lesson_id,
        course_id=course_id,
        title=lesson.title,
        duration=_seconds(lesson.duration_ms),
        views=totals.views,
        unique_viewers=totals.viewers,
        average_watch_time=round(totals.average_watch_ms / 1000, 3),
        total_watch_time=totals.watched_ms / 1000,
        completions=totals.completions,
        completion_rate=round(totals.completion_rate, 4),
        as_of=lesson.as_of,
    )


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000
