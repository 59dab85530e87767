"""Watching, and what it adds up to."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts import topics
from contracts.event import Attempt, Event, HiddenPages, Id, Milliseconds, Range, Timestamp, Version
from contracts.videos import Revision

EpochMs = Annotated[int, Field(ge=0, le=253_402_300_799_999, description="Milliseconds since 1970-01-01 UTC.")]
PlayerEventType = Literal["play", "pause", "progress", "complete", "seek", "ratechange", "qualitychange", "error"]
ClientName = Annotated[str, Field(min_length=1, max_length=32)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PlayerEvent(_Part):
    """Something that happened in the player, in the client's clock."""

    type: PlayerEventType
    at_ms: EpochMs
    position_ms: Milliseconds | None = None
    from_ms: Milliseconds | None = None
    to_ms: Milliseconds | None = None
    value: str | None = Field(default=None, max_length=64, description="The new rate or quality, or the error's code.")


class Beat(_Part):
    """What a player claims to have played in one interval of the client's clock."""

    seq: int = Field(ge=0, lt=2**31 - 1)
    since_ms: EpochMs | None = None
    at_ms: EpochMs
    position_ms: Milliseconds
    rate: float = Field(default=1.0, gt=0, le=16)
    segments: tuple[Range, ...] = ()
    hidden: bool = False
    events: tuple[PlayerEvent, ...] = ()
    stalled_ms: Milliseconds = Field(
        default=0,
        description="Real time in which the player should have played and waited for data, seeks and the start aside.",
    )
    player: ClientName | None = Field(default=None, description="Which player it was, as the client calls it.")


class GrantPolicy(_Part):
    """The course's counting rules, as they stood when playback was granted."""

    max_rate: float = Field(default=2.0, ge=1, le=16)
    offline_grace_s: int = Field(default=86_400, ge=120)
    beat_cap_s: int = Field(default=45, ge=1, le=600)
    hidden_pages: HiddenPages = "count"


class WatchProgress(Event):
    """One accepted progress request. Grant fields were verified; beats are claims that the ledger judges.

    `received_at_ms` is the server's clock, `sent_at_ms` the client's at the same moment: their difference is
    the client's skew.
    """

    topic = topics.WATCH_PROGRESS

    learner_id: Id
    lesson_id: Id
    course_id: Id
    session_id: UUID
    duration_ms: Milliseconds
    video_revision: Revision = 1
    attempt: Attempt = 1
    granted_at_ms: EpochMs
    expires_at_ms: EpochMs
    policy: GrantPolicy = GrantPolicy()
    received_at_ms: EpochMs
    sent_at_ms: EpochMs
    browser: ClientName | None = Field(
        default=None, description="Family of the browser that sent it; its header is not kept. Null where it said none."
    )
    country: str | None = Field(
        default=None,
        pattern="^[A-Z]{2}$",
        description="Where it was sent from (ISO 3166-1 alpha-2), as the gateway says; addresses are not kept.",
    )
    beats: tuple[Beat, ...] = Field(min_length=1, max_length=500)

    @property
    def key(self) -> str:
        return self.learner_id


class ProgressAdvanced(Event):
    """Watching that was credited in one lesson. `version` grows by one per learner and lesson."""

    topic = topics.PROGRESS_ADVANCED

    learner_id: Id
    lesson_id: Id
    course_id: Id
    session_id: UUID
    version: Version
    video_revision: Revision = 1
    attempt: Attempt = 1
    covered: tuple[Range, ...] = Field(description="Newly covered media.")
    replayed: tuple[Range, ...] = Field(default=(), description="Credited media that had been covered before.")
    live_ms: Milliseconds = Field(description="Credited media whose beat came within two minutes of its end.")
    late_ms: Milliseconds = Field(default=0, description="Credited media whose beat came later.")
    hidden_ms: Milliseconds = Field(
        default=0, description="Credited media of a hidden page, where the course counts that apart from live and late."
    )
    spent_ms: Milliseconds = Field(description="Wall-clock time that the credit used up.")
    coverage: float = Field(ge=0, le=1)
    frontier_ms: Milliseconds | None = Field(
        default=None,
        description="How far the video was watched from its beginning by now. Null where the report was of a former "
        "video: that says nothing of this one.",
    )
    cut_ms: dict[str, Milliseconds] = Field(default_factory=dict, description="Refused media by reason code.")
    watched_at: Timestamp = Field(description="End of the latest credited interval, in the server's clock.")

    @property
    def key(self) -> str:
        return self.learner_id


class AttemptStarted(Event):
    """A learner has to go through a course anew (recertification). Numbers only rise; an older one changes nothing.

    The first attempt, 1, begins without an event.
    """

    topic = topics.ATTEMPT_STARTED

    learner_id: Id
    course_id: Id
    attempt: int = Field(ge=2, le=2**31 - 1)
    started_at: Timestamp
    reason: str | None = Field(default=None, max_length=200, description="Why, in the words of who started it.")

    @property
    def key(self) -> str:
        return f"{self.learner_id}/{self.course_id}"


class QuizGraded(Event):
    """A learner's result in the quiz of a lesson."""

    topic = topics.QUIZ_GRADED

    learner_id: Id
    lesson_id: Id
    course_id: Id
    passed: bool
    score: float | None = Field(default=None, ge=0, le=1)
    attempt: Attempt | None = Field(
        default=None, description="The attempt that it counts for; if absent, each that had begun by then."
    )
    graded_at: Timestamp

    @property
    def key(self) -> str:
        return self.learner_id


class LessonCompleted(Event):
    """A learner completed a lesson; happens once per learner, lesson and attempt."""

    topic = topics.LESSON_COMPLETED

    learner_id: Id
    lesson_id: Id
    course_id: Id
    attempt: Attempt = 1
    coverage: float = Field(ge=0, le=1)
    verified_ms: Milliseconds = Field(description="Wall-clock time spent watching, live and late.")
    live_ms: Milliseconds = 0
    late_ms: Milliseconds = 0
    rule_version: int = Field(default=1, ge=1)
    completed_at: Timestamp

    @property
    def key(self) -> str:
        return self.learner_id


class CourseCompleted(Event):
    """A learner completed a course; happens once per learner, course and attempt."""

    topic = topics.COURSE_COMPLETED

    learner_id: Id
    course_id: Id
    attempt: Attempt = 1
    verified_ms: Milliseconds
    rule_version: int = Field(default=1, ge=1)
    completed_at: Timestamp

    @property
    def key(self) -> str:
        return self.learner_id
