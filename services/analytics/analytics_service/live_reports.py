"""The live view as the API shows it: small groups left out, one document per course."""

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from analytics_service.live import COMPLETIONS_S, RATE_SLOTS, SLOT_S, Counts, shown
from analytics_service.store_live import CourseNow


class _Shape(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        frozen=True,
        json_schema_serialization_defaults_required=True,
    )


class LessonLive(_Shape):
    """A lesson with enough viewers or completions to be shown; null: fewer than `smallestGroup`, if that is not 1."""

    lesson_id: str
    viewers_now: int | None
    beats_per_second: float | None
    completions: int | None
    last_seen_at: datetime | None = Field(description="When playing was last reported.")


class CourseLive(_Shape):
    """A course right now, as docs/metrics.md defines it. null: fewer than `smallestGroup`, nobody at all
    included. Where that is 1 every number is told, and nobody is 0."""

    course_id: str
    smallest_group: int
    viewers_now: int | None
    beats_per_second: float | None
    completions: int | None = Field(description="Of lessons, within the last completionsSeconds.")
    completions_seconds: int = COMPLETIONS_S
    last_seen_at: datetime | None
    lessons: list[LessonLive] = Field(description="Only those that are large enough to be shown, by id.")


def course_live(course_id: str, now: CourseNow) -> CourseLive:
    smallest = now.smallest
    viewers = shown({lesson_id: counts.viewers for lesson_id, counts in now.lessons.items()}, smallest)
    completions = shown({lesson_id: counts.completions for lesson_id, counts in now.lessons.items()}, smallest)
    counted = [now.lessons[lesson_id] for lesson_id in viewers.counted] if viewers.total is not None else []
    return CourseLive(
        course_id=course_id,
        smallest_group=smallest,
        viewers_now=viewers.total,
        beats_per_second=_rate(counted) if viewers.total is not None else None,
        completions=completions.total,
        last_seen_at=_last_seen(counted),
        lessons=[
            LessonLive(
                lesson_id=lesson_id,
                viewers_now=counts.viewers if lesson_id in viewers.lessons else None,
                beats_per_second=_rate([counts]) if lesson_id in viewers.lessons else None,
                completions=counts.completions if lesson_id in completions.lessons else None,
                last_seen_at=_last_seen([counts]) if lesson_id in viewers.lessons else None,
            )
            for lesson_id, counts in sorted(now.lessons.items())
            if lesson_id in viewers.lessons | completions.lessons
        ],
    )


def _rate(lessons: list[Counts]) -> float:
    return round(sum(counts.beats for counts in lessons) / (SLOT_S * RATE_SLOTS), 2)


def _last_seen(lessons: list[Counts]) -> datetime | None:
    seen = [counts.last_seen_ms for counts in lessons if counts.last_seen_ms is not None]
    return datetime.fromtimestamp(max(seen) / 1000, UTC) if seen else None
