"""Who may watch a lesson, as a pure rule over what the service's own tables say.

Whoever has no right gets one and the same refusal whether the lesson exists or not, so that guessing ids teaches
nothing. A true 404 is for those who would be let in: admins, the course's owner, its enrolled learners.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contracts.event import HiddenPages
from playback_service.errors import LessonNotFound, NoRight, NotEntitled
from playback_service.terms import USUAL, Terms

Kind = Literal["enrolled", "public", "owner", "admin"]
State = Literal["active", "suspended", "expired", "removed", "none"]


@dataclass(frozen=True, slots=True)
class CaptionFile:
    """WebVTT in our bucket."""

    language_code: str
    name: str
    s3_key: str


@dataclass(frozen=True, slots=True)
class Video:
    """What can be played now. `location` is Mux's playback id or the S3 key, `revision` which content this is."""

    provider: Literal["mux", "s3"]
    location: str
    signed: bool
    duration_ms: int | None
    revision: int = 1
    captions: tuple[CaptionFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    lesson_id: str
    course_id: str
    processing_status: str
    deleted: bool
    video: Video | None


@dataclass(frozen=True, slots=True)
class Course:
    owner_id: str
    published: bool
    public: bool
    deleted: bool
    max_rate: float | None = None
    offline_grace_s: int | None = None
    hidden_pages: HiddenPages | None = None
    seek_locked: bool = False
    rights_version: int = 0
    terms: Terms = USUAL


@dataclass(frozen=True, slots=True)
class Enrollment:
    status: Literal["active", "suspended", "removed"]
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Frontier:
    """How far (ms) a learner has watched a lesson from its beginning, in which attempt, of which of its contents."""

    attempt: int
    revision: int
    reached_ms: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One user's relation to one lesson: everything the rule needs, read at once."""

    lesson: Lesson | None = None
    course: Course | None = None
    enrollment: Enrollment | None = None
    frontier: Frontier | None = None
    attempt: int = 1

    def seek_limit_ms(self, attempt: int, revision: int) -> int | None:
        """How far a seek may lead in that attempt at that video; None where the course has no lock on it."""
        if self.course is None or not self.course.seek_locked:
            return None
        known = self.frontier
        return known.reached_ms if known is not None and (known.attempt, known.revision) == (attempt, revision) else 0


@dataclass(frozen=True, slots=True)
class Right:
    """Why somebody may watch, until when, and whether what is watched is theirs to be credited."""

    lesson: Lesson
    kind: Kind
    until: datetime | None = None

    @property
    def counts(self) -> bool:
        """A preview by an owner or admin who is not enrolled earns nothing."""
        return self.kind in ("enrolled", "public")


def right_to_watch(
    standing: Standing, *, user_id: str, is_admin: bool, now: datetime, was_granted: bool = False
) -> Right:
    """The user's right to the lesson at `now`.

    `was_granted` says that the user has proven an earlier grant for this lesson, and may be told what became of it.
    Raises NotEntitled with the reason, or LessonNotFound to those whom it may be told.
    """
    lesson, course, enrollment = standing.lesson, standing.course, standing.enrollment
    kind = right_in_course(course, enrollment, user_id=user_id, is_admin=is_admin, now=now)
    if kind == "enrolled" and enrollment is not None:
        return Right(_existing(lesson), kind, enrollment.expires_at)
    if kind in ("admin", "owner"):
        return Right(_existing(lesson), kind)
    if kind == "public" and lesson is not None and not lesson.deleted:
        return Right(lesson, kind)
    refusal = _enrollment_refusal(course, enrollment, now)
    if refusal == "unenrolled" and not was_granted:
        refusal = None
    raise NotEntitled(refusal or "not_entitled")


def right_in_course(
    course: Course | None, enrollment: Enrollment | None, *, user_id: str, is_admin: bool, now: datetime
) -> Kind | None:
    """By what the user may watch the course's lessons at `now`, whichever it has; None for no right."""
    refusal = _enrollment_refusal(course, enrollment, now)
    if refusal is None:
        return "enrolled"
    if is_admin:
        return "admin"
    if course is not None and course.owner_id == user_id and not course.deleted:
        return "owner"
    return "public" if _open_to_all(course) and refusal != "suspended" else None


def state_of(enrollment: Enrollment | None, now: datetime) -> State:
    """The enrollment's status, with the time taken into account."""
    if enrollment is None:
        return "none"
    ended = enrollment.expires_at is not None and enrollment.expires_at <= now
    return "expired" if enrollment.status == "active" and ended else enrollment.status


_REFUSALS: dict[State, NoRight | None] = {
    "active": None,
    "suspended": "suspended",
    "expired": "expired",
    "removed": "unenrolled",
    "none": "not_entitled",
}


def _enrollment_refusal(course: Course | None, enrollment: Enrollment | None, now: datetime) -> NoRight | None:
    if course is None:
        return "not_entitled"
    refusal = _REFUSALS[state_of(enrollment, now)]
    return "unpublished" if refusal is None and (course.deleted or not course.published) else refusal


def _open_to_all(course: Course | None) -> bool:
    return course is not None and course.public and course.published and not course.deleted


def _existing(lesson: Lesson | None) -> Lesson:
    if lesson is None or lesson.deleted:
        raise LessonNotFound
    return lesson
