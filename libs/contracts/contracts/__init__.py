"""Seatime's contracts: events as models, topics as data, schemas and examples: all that services share."""

from contracts.access import EnrollmentChanged, EnrollmentStatus, PlaybackGranted
from contracts.event import Event
from contracts.learning import (
    Beat,
    CourseCompleted,
    GrantPolicy,
    LessonCompleted,
    PlayerEvent,
    ProgressAdvanced,
    QuizGraded,
    WatchProgress,
)
from contracts.topic import Topic
from contracts.videos import (
    AssetDeleted,
    AssetErrored,
    AssetReady,
    CourseChanged,
    CourseRules,
    LessonChanged,
    LessonRules,
    PlaybackPolicy,
    ProcessingStatus,
    Provider,
    Video,
)

__all__ = [
    "AssetDeleted",
    "AssetErrored",
    "AssetReady",
    "Beat",
    "CourseChanged",
    "CourseCompleted",
    "CourseRules",
    "EnrollmentChanged",
    "EnrollmentStatus",
    "Event",
    "GrantPolicy",
    "LessonChanged",
    "LessonCompleted",
    "LessonRules",
    "PlaybackGranted",
    "PlaybackPolicy",
    "PlayerEvent",
    "ProcessingStatus",
    "ProgressAdvanced",
    "Provider",
    "QuizGraded",
    "Topic",
    "Video",
    "WatchProgress",
]
