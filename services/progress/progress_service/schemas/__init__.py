"""The shapes of the API, by what they are about."""

from progress_service.schemas.erasure import ReceiptOut, ServiceErasedOut
from progress_service.schemas.evidence import EvidenceOut, ExportOut, KeySetOut, LearnerEvidenceOut
from progress_service.schemas.learning import (
    CourseLessonOut,
    CourseProgressOut,
    LessonProgressOut,
    QuizAccepted,
    QuizIn,
    ReasonOut,
    SessionOut,
    SessionsOut,
    Watched,
)
from progress_service.schemas.owners import AffectedOut, LessonRulesIn, PreviewOut, RulesIn, WarningOut, WarningsOut
from progress_service.schemas.reports import (
    MAX_BEATS,
    MAX_EVENTS,
    MAX_SEGMENTS,
    MAX_SEGMENTS_PER_BEAT,
    Accepted,
    BeatIn,
    PlayerEventIn,
    ProgressIn,
)
from progress_service.schemas.shape import MAX_SECONDS, LenientId, Seconds, request_body

__all__ = [
    "MAX_BEATS",
    "MAX_EVENTS",
    "MAX_SECONDS",
    "MAX_SEGMENTS",
    "MAX_SEGMENTS_PER_BEAT",
    "Accepted",
    "AffectedOut",
    "BeatIn",
    "CourseLessonOut",
    "CourseProgressOut",
    "EvidenceOut",
    "ExportOut",
    "KeySetOut",
    "LearnerEvidenceOut",
    "LenientId",
    "LessonProgressOut",
    "LessonRulesIn",
    "PlayerEventIn",
    "PreviewOut",
    "ProgressIn",
    "QuizAccepted",
    "QuizIn",
    "ReasonOut",
    "ReceiptOut",
    "RulesIn",
    "Seconds",
    "ServiceErasedOut",
    "SessionOut",
    "SessionsOut",
    "WarningOut",
    "WarningsOut",
    "Watched",
    "request_body",
]
