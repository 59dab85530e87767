"""What goes over HTTP, in camelCase."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$"
MAX_GRANT = 4096
DOMAIN_PATTERN = (
    r"^(\*|(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)$"
)
Id = Annotated[str, Field(pattern=ID_PATTERN)]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("out of range") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class _Model(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        frozen=True,
        json_schema_serialization_defaults_required=True,
    )


class PlaybackTokens(_Model):
    """Mux tokens by use, as the player takes them."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    playback: str
    thumbnail: str
    storyboard: str
    gif: str
    drm: str | None = Field(
        default=None, description="For DRM licenses (audience d); absent unless the course's policy names DRM."
    )


class PlaybackCaptions(_Model):
    language_code: str = Field(description="BCP 47.")
    name: str
    url: str = Field(description="WebVTT, until `expiresAt`.")


class SeekLock(_Model):
    """How far learners may seek: as far as they have watched from the beginning, and on from there as they watch."""

    frontier: float = Field(description="Seconds, as far as is known here: a player that knows of more may go there.")
    video_revision: int = Field(description="Of another content of the lesson the frontier says nothing,")
    attempt: int = Field(description="nor of another attempt at the course.")


class Playback(_Model):
    """Everything a player needs. Members that do not apply are null."""

    provider: Literal["mux", "s3"]
    playback_id: str | None = Field(description="Mux's playback id.")
    video_url: str | None = Field(description="Where the video is, if it is public or in S3.")
    signed_url: str | None = Field(description="Where the video is until `expiresAt`, if it is not public.")
    tokens: PlaybackTokens | None
    poster: str | None
    storyboard: str | None
    captions: list[PlaybackCaptions] = Field(
        default=[], description="Of a video in S3. At Mux they are in the video's stream."
    )
    duration: float | None = Field(description="Seconds.")
    expires_at: datetime
    refresh_after: int = Field(description="Seconds from now until the player should ask anew with ?refresh=.")
    watch_grant: str | None = Field(description="Goes with every progress report. Null for previews: no credit.")
    session_id: UUID
    watermark: str | None = Field(default=None, description="What to write over the picture, if the course wants it.")
    lease_until: datetime | None = Field(
        default=None, description="The place among the learner's devices is kept so long; refreshes prolong it."
    )
    seek_lock: SeekLock | None = Field(
        default=None, description="Present where the course lets learners not seek ahead; the player obeys."
    )


class Release(_Model):
    watch_grant: str = Field(min_length=1, max_length=MAX_GRANT, description="Of the session that ends.")


Domain = Annotated[str, Field(pattern=DOMAIN_PATTERN, max_length=253)]


class PlaybackRestriction(_Model):
    """From which pages and by which programs videos may be played: Mux's playback restrictions.

    At Mux, signed videos are restricted at every request for the stream; videos in S3, and public ones, when playback
    is asked for. Mux alone knows which user agents are of high risk.
    """

    allowed_domains: list[Domain] = Field(
        default=["*"], max_length=100, description="`*.example.com` is one level below; none at all allows no page."
    )
    allow_no_referrer: bool = False
    allow_no_user_agent: bool = False
    allow_high_risk_user_agent: bool = False


class PlaybackPolicy(_Model):
    """How the course's videos are handed out."""

    tokens: Literal["shared", "per_viewer"] = Field(
        default="shared",
        description="`per_viewer`: each learner's video token is their own and names them in Mux's logs (`custom`).",
    )
    devices: int | None = Field(
        default=None, ge=1, le=20, description="How many playbacks a learner may have at once; null for any number."
    )
    watermark: Literal["none", "name", "id"] = Field(
        default="none",
        description="What the player writes over the picture: the `name` in the viewer's bearer token, or the id.",
    )
    drm_configuration_id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9]{8,255}$",
        description="Mux's DRM configuration of the course's videos: answers have a token for licenses. DRM needs an "
        "agreement with Mux, and videos made with that configuration.",
    )
    restriction: PlaybackRestriction | None = None


COHORT = "The class or group of the course that the learner belongs to; absent, it stays as it is."


class EnrollmentChange(_Model):
    """The state that an enrollment is to have. An absent `expiresAt` means that it does not expire."""

    status: Literal["active", "suspended"] = "active"
    expires_at: Moment | None = None
    cohort: Id | None = Field(default=None, description=COHORT)


class BulkEnrollment(EnrollmentChange):
    learner_ids: list[Id] = Field(min_length=1, max_length=1000)


class EnrollmentRow(_Model):
    """One learner's state in the course; `removed` takes them out."""

    learner_id: Id
    status: Literal["active", "suspended", "removed"] = "active"
    expires_at: Moment | None = None
    cohort: Id | None = Field(default=None, description=COHORT)


class EnrollmentRows(_Model):
    """Rows as `EnrollmentRow`; each is judged by itself."""

    enrollments: list[Any] = Field(
        min_length=1, max_length=1000, json_schema_extra={"items": EnrollmentRow.model_json_schema()}
    )


class RowReport(_Model):
    """What became of one row; `row` counts from 0."""

    row: int
    learner_id: str | None = Field(description="Null where the row was refused.")
    outcome: Literal["changed", "unchanged", "refused"]
    version: int | None = Field(default=None, description="Of the enrollment, where it has changed.")
    problem: str | None = Field(default=None, description="Why the row was refused.")


class RowReports(_Model):
    changed: int
    unchanged: int
    refused: int
    rows: list[RowReport]


class Enrollment(_Model):
    model_config = ConfigDict(from_attributes=True)

    learner_id: str
    course_id: str
    status: Literal["active", "suspended", "removed"]
    expires_at: datetime | None
    cohort: str | None
    version: int
    changed_at: datetime


class Enrollments(_Model):
    """A page. `next` goes into `after` to read on; null at the end."""

    enrollments: list[Enrollment]
    next: str | None


class OwnEnrollment(_Model):
    """How the caller stands in a course."""

    course_id: str
    standing: Literal["active", "suspended", "expired", "removed", "none"] = Field(
        description="`none`: not enrolled, and never was; `removed`: not enrolled any more."
    )
    expires_at: datetime | None = Field(description="When the enrollment ends, or ended, by itself.")
    access: Literal["enrolled", "public", "owner", "admin"] | None = Field(
        description="By what the caller may watch the course's videos now; null: not at all. A public course may be "
        "watched without being enrolled, and an unpublished one may not in spite of it."
    )


class OwnEnrollments(_Model):
    """A page. `next` goes into `after` to read on; null at the end."""

    enrollments: list[OwnEnrollment]
    next: str | None


class BulkResult(_Model):
    changed: list[Enrollment]
    unchanged: int = Field(description="Learners who were in that state already.")


class Export(_Model):
    """What is kept of a learner: rows as they are kept, by table."""

    learner_id: str
    exported_at: datetime
    tables: dict[str, list[dict[str, Any]]]
