"""Courses, lessons and their videos: what the upload service knows and the others project."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts import topics
from contracts.event import JSON_SAFE, Event, HiddenPages, Id, Milliseconds, Range, Timestamp, Version

Provider = Literal["mux", "s3"]
ProcessingStatus = Literal["pending", "processing", "ready", "error"]
PlaybackPolicy = Literal["public", "signed"]


Progress = Literal["carry", "void"]
Revision = Annotated[
    int,
    Field(
        ge=1,
        le=JSON_SAFE,
        description="Which content a lesson has: grows by one whenever a replacement voids what was watched.",
    ),
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class CourseRules(_Part):
    """What a course demands for completion, and how it counts watching. Absent fields mean the platform's default."""

    completion_threshold: float | None = Field(default=None, gt=0, le=1)
    max_rate: float | None = Field(default=None, ge=1, le=16)
    offline_grace_s: int | None = Field(default=None, ge=120)
    min_verified_s: int | None = Field(default=None, ge=0)
    final_assessment: Id | None = None
    hidden_pages: HiddenPages | None = None
    seek_ahead: Literal["free", "locked"] | None = Field(
        default=None, description="Whether learners may seek beyond what they have watched; the player obeys."
    )


class LessonRules(_Part):
    """What a lesson demands for completion. Absent fields mean the course's rule."""

    completion_threshold: float | None = Field(default=None, gt=0, le=1)
    required_segments: tuple[Range, ...] = ()
    quiz_required: bool = False


class Video(_Part):
    """The playable video of a lesson. `playback_id` is Mux's, `s3_key` the object's key in our bucket.

    `size_bytes`: of the object in S3, where it is known.
    """

    provider: Provider
    asset_id: str | None = None
    playback_id: str | None = None
    policy: PlaybackPolicy = "signed"
    s3_key: str | None = None
    duration_ms: Milliseconds | None = None
    size_bytes: int | None = Field(default=None, ge=0)


class Replaced(_Part):
    """The video that another one took the place of."""

    provider: Provider
    asset_id: str | None = None
    duration_ms: Milliseconds | None = None
    revision: Revision


class Caption(_Part):
    """Captions that fit the playable video. `s3_key` is a WebVTT object in our bucket.

    Of a video at Mux they are in its stream as well; without an `s3_key` they are nowhere else.
    """

    language_code: str
    name: str
    source: Literal["uploaded", "generated"] = "uploaded"
    closed_captions: bool = False
    s3_key: str | None = None


class CourseChanged(Event):
    """The whole state of a course after a change."""

    topic = topics.COURSE_CHANGED

    course_id: Id
    version: Version
    title: str
    owner_id: Id
    published: bool = True
    public: bool = False
    deleted: bool = False
    rules: CourseRules = CourseRules()
    changed_at: Timestamp

    @property
    def key(self) -> str:
        return self.course_id


class LessonChanged(Event):
    """The whole state of a lesson after a change; `video` is what can be played now, if anything."""

    topic = topics.LESSON_CHANGED

    lesson_id: Id
    course_id: Id
    version: Version
    title: str
    position: int = Field(default=0, ge=-(2**31), lt=2**31)
    required: bool = True
    deleted: bool = False
    processing_status: ProcessingStatus
    error: str | None = None
    video: Video | None = None
    captions: tuple[Caption, ...] = ()
    video_revision: Revision = 1
    revised_at: Timestamp | None = Field(default=None, description="When this revision began, if it is not the first.")
    rules: LessonRules = LessonRules()
    changed_at: Timestamp

    @property
    def key(self) -> str:
        return self.lesson_id


class _AssetEvent(Event):
    lesson_id: Id
    course_id: Id
    version: Version = Field(description="The lesson's version in which this happened.")
    provider: Provider
    asset_id: str | None = None

    @property
    def key(self) -> str:
        return self.lesson_id


class AssetReady(_AssetEvent):
    """A lesson's video became playable."""

    topic = topics.ASSET_READY

    playback_id: str | None = None
    policy: PlaybackPolicy = "signed"
    duration_ms: Milliseconds
    video_revision: Revision = 1
    replaced: Replaced | None = Field(default=None, description="The video that learners had before, if any.")
    progress: Progress | None = Field(
        default=None, description="What becomes of their progress in it: only void goes with a new revision."
    )
    ready_at: Timestamp


class AssetErrored(_AssetEvent):
    """A lesson's video failed; `reason` is for the author."""

    topic = topics.ASSET_ERRORED

    reason: str
    errored_at: Timestamp


class AssetDeleted(_AssetEvent):
    """A lesson's video is gone."""

    topic = topics.ASSET_DELETED

    deleted_at: Timestamp
