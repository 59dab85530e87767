"""What learners are told: of lessons, courses and sessions, and how the LMS tells of quizzes."""

from datetime import datetime

from pydantic import Field

from progress_service.schemas.shape import LenientId, Shape


class ReasonOut(Shape):
    code: str
    message: str


class Watched(Shape):
    """Credited seconds of media: reported within two minutes, or later; `hidden` where the course counts that apart."""

    live: float
    late: float
    hidden: float


class EarlierOut(Shape):
    """A completion in a former attempt: it stays, and counts for nothing in the present one."""

    attempt: int
    completed_at: datetime


class LessonProgressOut(Shape):
    """How far the caller is in a lesson. Positions, ranges, `watched` and `cuts` are seconds."""

    lesson_id: str
    course_id: str
    duration: float | None
    resume_position: float
    covered: list[tuple[float, float]]
    coverage: float
    frontier: float = Field(description="Up to where it was watched from the beginning, in seconds.")
    seek_locked: bool = Field(description="Whether the course forbids to seek beyond the frontier; not once complete.")
    video_revision: int = Field(description="Which of the lesson's contents all this is of.")
    threshold: float
    required_segments: list[tuple[float, float]] = Field(
        description="What has to be watched whatever else is, in seconds, as far as the video goes."
    )
    complete: bool
    completed_at: datetime | None
    watched: Watched
    reasons: list[ReasonOut]
    replaced_at: datetime | None = Field(
        description="When the video took the place of one that the caller watched and that no longer counts."
    )
    cuts: dict[str, float]
    attempt: int = Field(description="Which attempt at the course all of this is of.")
    attempt_started_at: datetime | None = Field(description="When it began; null of the first.")
    earlier: list[EarlierOut]


class CourseLessonOut(Shape):
    lesson_id: str
    title: str
    required: bool
    coverage: float
    complete: bool
    completed_at: datetime | None


class CourseProgressOut(Shape):
    """How far the caller is in a course. `verified` is real time spent watching, in seconds."""

    course_id: str
    title: str | None
    complete: bool
    completed_at: datetime | None
    verified: float
    min_verified: float
    lessons: list[CourseLessonOut]
    reasons: list[ReasonOut]
    attempt: int = Field(description="Which attempt at the course all of this is of.")
    attempt_started_at: datetime | None = Field(description="When it began; null of the first.")
    earlier: list[EarlierOut]


class QuizIn(Shape):
    """A learner's result in a lesson's quiz."""

    learner_id: LenientId
    passed: bool
    score: float | None = Field(default=None, ge=0, le=1, allow_inf_nan=False)
    attempt: int | None = Field(
        default=None, ge=1, le=2**31 - 1, description="Which it counts for; if left out, each that has begun by now."
    )


class QuizAccepted(Shape):
    accepted: bool


class SessionOut(Shape):
    """A playback session. `closedBecause`: its player fell silent (`silent`), or its grant ended (`expired`)."""

    session_id: str
    attempt: int = Field(description="Which attempt at the course it counts for.")
    began_at: datetime
    last_beat_at: datetime | None
    beats: int
    closed: bool
    closed_at: datetime | None
    closed_because: str | None


class SessionsOut(Shape):
    """A learner's latest sessions in a lesson, newest first. A beat that comes after all opens a session again."""

    lesson_id: str
    learner_id: str
    sessions: list[SessionOut]
