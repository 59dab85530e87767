"""A learner is forgotten: progress says so, and the others tell when they have done the same."""

from uuid import UUID

from pydantic import Field

from contracts import topics
from contracts.event import Event, Id, Timestamp


class LearnerErased(Event):
    """Everything of this learner up to that moment is to be forgotten.

    Told once when progress has forgotten the learner and once more when playback has, with the moment from which on
    nothing new can come of former rights: what is older than the later moment belongs to nobody.
    """

    topic = topics.LEARNER_ERASED

    learner_id: Id
    erasure_id: UUID = Field(description="Names the receipt.")
    erased_at: Timestamp

    @property
    def key(self) -> str:
        return self.learner_id


class _Confirmed(Event):
    """A service has forgotten the learner of that erasure. Names nobody."""

    erasure_id: UUID
    erased_at: Timestamp = Field(description="Nothing is left of the learner that is older.")
    rows: dict[str, int] = Field(default_factory=dict, description="Rows erased by table.")

    @property
    def key(self) -> str:
        return str(self.erasure_id)


class PlaybackErased(_Confirmed):
    """Playback has forgotten a learner: rights, grants, leases and limits."""

    topic = topics.PLAYBACK_ERASED


class AnalyticsErased(_Confirmed):
    """Analytics has forgotten a learner: maps and sessions. What was counted stays counted."""

    topic = topics.ANALYTICS_ERASED
