"""Our numbers and Mux's side by side, as the API shows them. Times in seconds."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from analytics_service.drift import WORDS, Cause, Drift
from analytics_service.drifting import alarms, drift_of
from analytics_service.settings import Settings
from analytics_service.store_platforms import Platforms, Turns


class _Shape(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        frozen=True,
        json_schema_serialization_defaults_required=True,
    )


class LikelyCause(_Shape):
    code: Cause
    words: str


class DriftShown(_Shape):
    """Ours less Mux's, as a share of the larger of both: -1 if only Mux counted any, 1 if only we did."""

    views: float = Field(ge=-1, le=1)
    watch_time: float = Field(ge=-1, le=1, description="Of real time: verified here, played there.")
    alarming: bool = Field(description="Past the threshold, with enough views to mean something.")
    since: datetime | None = Field(description="Since when it is past the threshold.")
    likely_causes: list[LikelyCause]


class VideoAnalytics(_Shape):
    """A lesson's last days (UTC) from both sides. Mux's figures are null until it has answered."""

    lesson_id: str
    course_id: str
    title: str
    provider: Literal["mux", "s3"] | None = Field(description="Where the video is now.")
    first_day: date
    last_day: date
    suppressed: bool = Field(description="Too few people watched the lesson to be shown.")

    total_views: int | None
    average_watch_time: float | None = Field(description="Credited media per view.")
    verified_watch_time: float | None = Field(description="Real time that the ledger verified.")
    completion_rate: float | None = Field(description="Of all viewers so far, the share that completed.")

    mux_view_count: int | None
    mux_watch_time: float | None = Field(description="Real time that players said they played.")
    mux_completion_rate: float | None = Field(
        description="Of the sampled views, the share that came to 90 % of the video: Mux has no such metric."
    )
    mux_completion_sample: int = Field(description="How many views that is taken from.")

    drift: DriftShown | None = Field(description="Null until Mux has answered.")
    last_synced_at: datetime | None
    sync_failing_since: datetime | None = Field(description="Mux's figures are old since then.")


class Drifts(_Shape):
    """Lessons whose figures differ, the worst first."""

    threshold: float
    first_day: date
    last_day: date
    last_synced_at: datetime | None
    sync_failing_since: datetime | None
    sync_error: str | None
    lessons: list[VideoAnalytics]


def video_analytics(
    found: Platforms, turns: Turns, days: tuple[date, date], settings: Settings, smallest: int
) -> VideoAnalytics:
    """One lesson. Groups that are too small are not shown, and neither is what Mux says of them."""
    watched = found.ours.views or found.watched_ms
    hidden = bool(watched and found.least_viewers < smallest) or 0 < found.viewers < smallest
    synced = turns.synced_at is not None and not hidden
    return VideoAnalytics(
        lesson_id=found.lesson_id,
        course_id=found.course_id,
        title=found.title,
        provider=found.provider,
        first_day=days[0],
        last_day=days[1],
        suppressed=hidden,
        total_views=None if hidden else found.ours.views,
        average_watch_time=None if hidden else _ratio(found.watched_ms / 1000, found.ours.views),
        verified_watch_time=None if hidden else found.ours.played_ms / 1000,
        completion_rate=None if hidden else _ratio(found.completed_viewers, found.viewers),
        mux_view_count=found.mux.views if synced else None,
        mux_watch_time=found.mux.played_ms / 1000 if synced else None,
        mux_completion_rate=_ratio(found.completed, found.sampled) if synced and found.sampled else None,
        mux_completion_sample=found.sampled if synced else 0,
        drift=_drift(found, drift_of(found), settings) if synced else None,
        last_synced_at=turns.synced_at,
        sync_failing_since=turns.failing_since,
    )


def drifts(
    found: Iterable[Platforms],
    turns: Turns,
    days: tuple[date, date],
    settings: Settings,
    smallest: int,
    *,
    limit: int,
) -> Drifts:
    """The lessons that differ at all, the worst first; those that alarm before all others."""
    shown = sorted(
        (lesson for lesson in found if drift_of(lesson).worst),
        key=lambda lesson: (not alarms(lesson, settings), -drift_of(lesson).worst, lesson.lesson_id),
    )
    return Drifts(
        threshold=settings.drift_threshold,
        first_day=days[0],
        last_day=days[1],
        last_synced_at=turns.synced_at,
        sync_failing_since=turns.failing_since,
        sync_error=turns.error,
        lessons=[video_analytics(lesson, turns, days, settings, smallest) for lesson in shown[:limit]],
    )


def _drift(found: Platforms, drift: Drift, settings: Settings) -> DriftShown:
    return DriftShown(
        views=round(drift.views, 4),
        watch_time=round(drift.played, 4),
        alarming=alarms(found, settings),
        since=found.alert_since,
        likely_causes=[LikelyCause(code=cause, words=WORDS[cause]) for cause in drift.causes],
    )


def _ratio(part: float, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
