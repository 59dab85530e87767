"""Which model speaks on which topic: the one list that schemas, examples and documents are made from."""

from contracts.access import EnrollmentChanged, PlaybackGranted
from contracts.erasure import AnalyticsErased, LearnerErased, PlaybackErased
from contracts.event import Event
from contracts.learning import (
    AttemptStarted,
    CourseCompleted,
    LessonCompleted,
    ProgressAdvanced,
    QuizGraded,
    WatchProgress,
)
from contracts.spending import BudgetExceeded
from contracts.videos import AssetDeleted, AssetErrored, AssetReady, CourseChanged, LessonChanged

EVENTS: tuple[type[Event], ...] = (
    CourseChanged,
    LessonChanged,
    AssetReady,
    AssetErrored,
    AssetDeleted,
    EnrollmentChanged,
    PlaybackGranted,
    WatchProgress,
    ProgressAdvanced,
    QuizGraded,
    AttemptStarted,
    LessonCompleted,
    CourseCompleted,
    LearnerErased,
    PlaybackErased,
    AnalyticsErased,
    BudgetExceeded,
)


def model_of(topic_name: str) -> type[Event]:
    """The model on that topic; KeyError if the topic is unknown."""
    return {model.topic.name: model for model in EVENTS}[topic_name]
