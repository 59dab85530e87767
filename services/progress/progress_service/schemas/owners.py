"""What owners ask and are told of their courses' rules."""

from typing import Annotated

from pydantic import Field

from contracts.event import Id
from progress_service.schemas.shape import LenientId, Seconds, Shape


class LessonRulesIn(Shape):
    """What would be different in a lesson; what is left out stays as it is. Segments are seconds."""

    completion_threshold: float | None = Field(default=None, gt=0, le=1)
    required_segments: Annotated[list[tuple[Seconds, Seconds]], Field(max_length=200)] | None = None
    quiz_required: bool | None = None
    required: bool | None = None


class RulesIn(Shape):
    """What would be different in a course; what is left out stays as it is. `minVerified` is seconds."""

    completion_threshold: float | None = Field(default=None, gt=0, le=1)
    min_verified: int | None = Field(default=None, ge=0, le=10**9)
    final_assessment: LenientId | None = None
    lessons: dict[Id, LessonRulesIn] = Field(default={}, max_length=1000)


class AffectedOut(Shape):
    """`complete` stay complete; `kept` of these would not be by the new rules; `wouldComplete` are not yet."""

    complete: int
    kept: int
    would_complete: int
    incomplete: int


class PreviewOut(Shape):
    """Whom a change of rules would affect: learners in the course, and by lesson those who began it."""

    course_id: str
    learners: AffectedOut
    lessons: dict[str, AffectedOut]


class WarningOut(Shape):
    """`deadEnd`: nobody can complete the lesson or course as it is."""

    code: str
    message: str
    lesson_id: str | None
    dead_end: bool


class WarningsOut(Shape):
    course_id: str
    warnings: list[WarningOut]
