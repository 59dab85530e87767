"""Who may watch what, and who was given playback."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts import topics
from contracts.event import Event, Id, Timestamp, Version
from contracts.videos import Provider

EnrollmentStatus = Literal["active", "suspended", "removed"]


class EnrollmentChanged(Event):
    """A learner's right to a course after a change."""

    topic = topics.ENROLLMENT_CHANGED

    learner_id: Id
    course_id: Id
    version: Version
    status: EnrollmentStatus
    expires_at: Timestamp | None = None
    cohort: Id | None = Field(default=None, description="The class or group of the course that the learner belongs to.")
    changed_at: Timestamp

    @property
    def key(self) -> str:
        return f"{self.learner_id}/{self.course_id}"


class PlaybackGranted(Event):
    """Somebody received signed playback of a lesson. A refresh keeps its session."""

    topic = topics.PLAYBACK_GRANTED

    learner_id: Id
    lesson_id: Id
    course_id: Id
    session_id: UUID
    provider: Provider
    key_id: str | None = None
    refresh: bool = False
    granted_at: Timestamp
    expires_at: Timestamp

    @property
    def key(self) -> str:
        return self.learner_id
