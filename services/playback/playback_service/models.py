"""What goes over HTTP, in camelCase."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$"
Id = Annotated[str, Field(pattern=ID_PATTERN)]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("out of range") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class PlaybackTokens(_Model):
    """Mux tokens by use, as the player takes them."""

    playback: str
    thumbnail: str
    storyboard: str


class Playback(_Model):
    """Everything a player needs. Members that do not apply are null."""

    provider: Literal["mux", "s3"]
    playback_id: str | None = Field(description="Mux's playback id.")
    video_url: str | None = Field(description="Where the video is, if it is public or in S3.")
    signed_url: str | None = Field(description="Where the video is until `expiresAt`, if it is not public.")
    tokens: PlaybackTokens | None
    poster: str | None
    storyboard: str | None
    duration: float | None = Field(description="Seconds.")
    expires_at: datetime
    refresh_after: int = Field(description="Seconds from now until the player should ask anew with ?refresh=.")
    watch_grant: str | None = Field(description="Goes with every progress report. Null for previews: no credit.")
    session_id: UUID


class EnrollmentChange(_Model):
    """The state that an enrollment is to have. An absent `expiresAt` means that it does not expire."""

    status: Literal["active", "suspended"] = "active"
    expires_at: Moment | None = None


class BulkEnrollment(EnrollmentChange):
    learner_ids: list[Id] = Field(min_length=1, max_length=1000)


class Enrollment(_Model):
    model_config = ConfigDict(from_attributes=True)

    learner_id: str
    course_id: str
    status: Literal["active", "suspended", "removed"]
    expires_at: datetime | None
    version: int
    changed_at: datetime


class Enrollments(_Model):
    """A page. `next` goes into `after` to read on; null at the end."""

    enrollments: list[Enrollment]
    next: str | None


class BulkResult(_Model):
    changed: list[Enrollment]
    unchanged: int = Field(description="Learners who were in that state already.")
