"""Attempts at a course: how they are begun, and what came of each."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from progress_service.schemas.shape import LenientId, Shape

MAX_LEARNERS = 500

Reason = Annotated[str, Field(max_length=200, description="Kept and told; for people, as in `Annual training 2027`.")]


class AttemptIn(Shape):
    """`attempt` is the number that is meant to begin: with it, the same request again changes nothing."""

    attempt: int | None = Field(default=None, ge=2, le=2**31 - 1, description="The next one if left out.")
    reason: Reason | None = None


class AttemptStartedOut(Shape):
    learner_id: str
    attempt: int
    started_at: datetime | None
    reason: str | None


class AttemptsIn(Shape):
    """Who has to go through the course again. Without `learnerIds`, all who have something to show in it, in pages."""

    learner_ids: Annotated[list[LenientId], Field(min_length=1, max_length=MAX_LEARNERS)] | None = None
    reason: Reason | None = None
    not_since: AwareDatetime | None = Field(
        default=None,
        description="Whose attempt began then or later is left in it: with it, the same request again changes nothing.",
    )
    after: LenientId | None = Field(default=None, description="The `next` of the page before.")


class AttemptsStartedOut(Shape):
    """`unchanged` are those whose attempt began since `notSince`; `next` is null on the last page."""

    started: list[AttemptStartedOut]
    unchanged: int
    next: str | None


class AttemptOut(Shape):
    """`superseded`: another attempt began before this one was completed."""

    attempt: int
    state: Literal["running", "completed", "superseded"]
    started_at: datetime | None = Field(description="Null of the first, which begins by itself.")
    reason: str | None
    completed_at: datetime | None
    lessons_completed: int


class AttemptsOut(Shape):
    """A learner's attempts at a course, the first one first; `attempt` is the present one."""

    course_id: str
    learner_id: str
    attempt: int
    attempts: list[AttemptOut]
