"""What receivers are sent: `type`, `timestamp` and `data`, as Standard Webhooks has it. Pure.

Fields are added, never changed or taken away: receivers ignore what they do not know.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from contracts import BudgetExceeded, CourseCompleted, Event, LessonCompleted

EventType = Literal["lesson.completed", "course.completed", "budget.exceeded"]
EVENT_TYPES: tuple[EventType, ...] = ("lesson.completed", "course.completed", "budget.exceeded")
TEST = "webhook.test"

_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_OTHER_IDS = UUID("5d1c9f1e-54c7-4f0e-9d0c-6f6a6f0f3b52")
D = TypeVar("D", bound=BaseModel)


class _Shape(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class LessonCompletedData(_Shape):
    """A learner completed a lesson; once per learner, lesson and attempt."""

    learner_id: str
    lesson_id: str
    course_id: str
    attempt: int = Field(description="Which assignment of the course it is: 1, and one more with each renewal.")
    coverage: float = Field(description="Share of the video that was watched, from 0 to 1.")
    verified_seconds: float = Field(description="Real time spent watching.")
    live_seconds: float = Field(description="Credited media that was reported within two minutes.")
    late_seconds: float = Field(description="Credited media that was reported later.")
    rule_version: int = Field(description="Of the rule that was met.")
    completed_at: AwareDatetime


class CourseCompletedData(_Shape):
    """A learner completed a course; once per learner, course and attempt."""

    learner_id: str
    course_id: str
    attempt: int = Field(description="Which assignment of the course it is: 1, and one more with each renewal.")
    verified_seconds: float = Field(description="Real time spent watching.")
    rule_version: int = Field(description="Of the rule that was met.")
    completed_at: AwareDatetime


class BudgetExceededData(_Shape):
    """A month's cost has reached a share of its budget; once per budget, month and threshold."""

    course_id: str | None = Field(description="Null for the whole platform's budget.")
    budget_version: int
    month: str = Field(description="As 2026-03, in UTC.")
    threshold: float = Field(description="Share of the budget that was reached; 1 is all of it.")
    budget_usd: float
    spent_usd: float
    forecast_usd: float = Field(description="What the month is expected to cost in the end.")
    exceeded_at: AwareDatetime


class TrialData(_Shape):
    """Somebody wants to see whether this endpoint receives."""

    endpoint_id: UUID


class Payload(_Shape, Generic[D]):
    """`timestamp` is when it happened, not when it was sent."""

    type: str
    timestamp: AwareDatetime
    data: D


@dataclass(frozen=True, slots=True)
class Message:
    """`event_id` is what receivers get as webhook-id; `learner_id` is whom the body names, if anybody."""

    event_id: str
    event_type: str
    learner_id: str | None
    body: str


def message_of(event: Event, event_id: str) -> Message:
    """The message of an event of the log. Raises TypeError for one that nobody is told of."""
    match event:
        case LessonCompleted():
            return _message(event, event_id, event.completed_at, _lesson(event), event.learner_id)
        case CourseCompleted():
            return _message(event, event_id, event.completed_at, _course(event), event.learner_id)
        case BudgetExceeded():
            return _message(event, event_id, event.exceeded_at, _budget(event), None)
        case _:
            raise TypeError(f"nobody is told of {type(event).__name__}")


def trial_message(endpoint_id: UUID, event_id: str, now: datetime) -> Message:
    """For one endpoint, to see whether it receives."""
    payload = Payload[TrialData](type=TEST, timestamp=now, data=TrialData(endpoint_id=endpoint_id))
    return Message(event_id, TEST, None, payload.model_dump_json(by_alias=True))


def _message(event: Event, event_id: str, at: datetime, data: BaseModel, learner_id: str | None) -> Message:
    payload = Payload[Any](type=event.topic_name, timestamp=at, data=data)
    return Message(_plain(event_id), event.topic_name, learner_id, payload.model_dump_json(by_alias=True))


def _plain(event_id: str) -> str:
    """Dots part what is signed: an id that is no plain word gets another one, always the same."""
    return event_id if _PLAIN_ID.fullmatch(event_id) else str(uuid5(_OTHER_IDS, event_id))


def _lesson(event: LessonCompleted) -> LessonCompletedData:
    return LessonCompletedData(
        learner_id=event.learner_id,
        lesson_id=event.lesson_id,
        course_id=event.course_id,
        attempt=event.attempt,
        coverage=event.coverage,
        verified_seconds=event.verified_ms / 1000,
        live_seconds=event.live_ms / 1000,
        late_seconds=event.late_ms / 1000,
        rule_version=event.rule_version,
        completed_at=event.completed_at,
    )


def _course(event: CourseCompleted) -> CourseCompletedData:
    return CourseCompletedData(
        learner_id=event.learner_id,
        course_id=event.course_id,
        attempt=event.attempt,
        verified_seconds=event.verified_ms / 1000,
        rule_version=event.rule_version,
        completed_at=event.completed_at,
    )


def _budget(event: BudgetExceeded) -> BudgetExceededData:
    return BudgetExceededData(
        course_id=event.course_id,
        budget_version=event.version,
        month=event.month,
        threshold=event.threshold,
        budget_usd=event.budget_usd,
        spent_usd=event.spent_usd,
        forecast_usd=event.forecast_usd,
        exceeded_at=event.exceeded_at,
    )
