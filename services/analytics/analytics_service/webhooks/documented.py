"""The `webhooks` of the OpenAPI document: what receivers are sent, as operations that they implement."""

from fastapi import APIRouter

from analytics_service.webhooks.messages import (
    BudgetExceededData,
    CourseCompletedData,
    LessonCompletedData,
    Payload,
    TrialData,
)

router = APIRouter()


@router.post("lesson.completed", summary="A learner completed a lesson", status_code=204)
def lesson_completed(body: Payload[LessonCompletedData]) -> None:
    """Any 2xx is taken for an acknowledgement; docs/webhooks.md tells how to verify and what is retried."""


@router.post("course.completed", summary="A learner completed a course", status_code=204)
def course_completed(body: Payload[CourseCompletedData]) -> None:
    """As `lesson.completed`."""


@router.post("budget.exceeded", summary="A month's cost has reached a share of its budget", status_code=204)
def budget_exceeded(body: Payload[BudgetExceededData]) -> None:
    """As `lesson.completed`."""


@router.post("webhook.test", summary="An administrator tests the receiver", status_code=204)
def test(body: Payload[TrialData]) -> None:
    """As `lesson.completed`."""
