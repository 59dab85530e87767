"""What owners are told of watching that looks odd, and what they decide."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from progress_service.schemas.shape import Shape


class ReviewReasonOut(Shape):
    """`value` is how much of it there is (0 to 1), `weight` what the score would be if that were all there is."""

    code: str
    message: str
    value: float
    weight: float
    figures: dict[str, float]


class ReviewDecisionOut(Shape):
    """What was decided last, and the score and reasons that it was decided by."""

    decision: Literal["dismissed", "confirmed"]
    note: str
    decided_by: str
    decided_at: datetime
    score: float
    reasons: list[ReviewReasonOut]


class ReviewOut(Shape):
    """A learner whose watching somebody may want to look at. `watched` is real time in seconds, between the moments."""

    learner_id: str
    state: Literal["open", "dismissed", "confirmed"]
    score: float
    reasons: list[ReviewReasonOut]
    watched: float
    watched_from: datetime | None
    watched_until: datetime | None
    decision: ReviewDecisionOut | None


class ReviewsOut(Shape):
    """A page of a course's reviews, the worst first. `next` is the `after` of the next page."""

    course_id: str
    threshold: float = Field(description="The score from which somebody is in the queue.")
    reviews: list[ReviewOut]
    next: str | None


class ReviewDecisionIn(Shape):
    """Dismissed: nothing to it; the learner comes back only if the score rises clearly. Confirmed: it stays."""

    decision: Literal["dismissed", "confirmed"]
    note: str = Field(default="", max_length=2000)
