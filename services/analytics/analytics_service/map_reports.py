"""Single learners' watched maps, as the API shows them. Times and positions in seconds."""

from datetime import datetime

from pydantic import Field

from analytics_service.reports import Shape
from analytics_service.store_days import LearnerRow, Learners


class LearnerMap(Shape):
    """What one learner watched of the lesson's present video, and did in the lesson. Times and positions in seconds."""

    learner_id: str
    cohort: str | None
    views: int
    watch_time: float = Field(description="Seconds of media.")
    verified_time: float = Field(description="Seconds of real time.")
    coverage: float | None = Field(description="Share of the video that is covered; null without a duration.")
    covered: list[tuple[float, float]]
    last_watched_at: datetime | None
    completed_at: datetime | None


class LearnerMaps(Shape):
    """Learners by id. `next`: what to ask for `after` to get those who follow; null: there are no more."""

    lesson_id: str
    course_id: str
    learners: list[LearnerMap]
    next: str | None


def learner_maps(found: Learners, limit: int) -> LearnerMaps:
    """A page of `limit`, of which one more was read to know whether there are more."""
    page = found.rows[:limit]
    return LearnerMaps(
        lesson_id=found.lesson_id,
        course_id=found.course_id,
        learners=[learner_map(row, found.duration_ms) for row in page],
        next=page[-1].learner_id if len(found.rows) > limit else None,
    )


def learner_map(row: LearnerRow, duration_ms: int | None) -> LearnerMap:
    covered_ms = sum(max(0, min(end, duration_ms or 0) - start) for start, end in row.covered)
    return LearnerMap(
        learner_id=row.learner_id,
        cohort=row.cohort,
        views=row.views,
        watch_time=row.watched_ms / 1000,
        verified_time=row.spent_ms / 1000,
        coverage=round(covered_ms / duration_ms, 4) if duration_ms else None,
        covered=[(start / 1000, end / 1000) for start, end in row.covered],
        last_watched_at=row.last_watched_at,
        completed_at=row.completed_at,
    )
