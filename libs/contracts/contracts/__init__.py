"""Seatime's contracts: events as models, topics as data, schemas and examples: all that services share."""

from contracts.access import EnrollmentChanged, EnrollmentStatus, PlaybackGranted
from contracts.erasure import AnalyticsErased, LearnerErased, PlaybackErased
from contracts.event import Event
from contracts.learning import (
    AttemptStarted,
    Beat,
    CourseCompleted,
    GrantPolicy,
    LessonCompleted,
    PlayerEvent,
    ProgressAdvanced,
    QuizGraded,
    WatchProgress,
)
from contracts.spending import BudgetExceeded
from contracts.topic import Topic
from contracts.videos import (
    AssetDeleted,
    AssetErrored,
    AssetReady,
    Caption,
    CourseChanged,
    CourseRules,
    LessonChanged,
    LessonRules,
    PlaybackPolicy,
    ProcessingStatus,
    Progress,
    Provider,
    Replaced,
    Video,
)

__all__ = [
    "AnalyticsErased",
    "AssetDeleted",
    "AssetErrored",
    "AssetReady",
    "AttemptStarted",
    "Beat",
    "BudgetExceeded",
    "Caption",
    "CourseChanged",
    "CourseCompleted",
    "CourseRules",
    "EnrollmentChanged",
    "EnrollmentStatus",
    "Event",
    "GrantPolicy",
    "LearnerErased",
    "LessonChanged",
    "LessonCompleted",
    "LessonRules",
    "PlaybackErased",
    "PlaybackGranted",
    "PlaybackPolicy",
    "PlayerEvent",
    "ProcessingStatus",
    "Progress",
    "ProgressAdvanced",
    "Provider",
    "QuizGraded",
    "Replaced",
    "Topic",
    "Video",
    "WatchProgress",
]
