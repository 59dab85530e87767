"""Requests and answers on the wire: camelCase, positions in seconds, everything bounded before it reaches a table."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from contracts import LessonRules
from upload_service.lifecycle import LessonStatus, Policy, ProgressWish, Provider, UploadStatus
from upload_service.model import Lesson, UploadRecord
from upload_service.subtitles import fits

_ID = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$"
MAX_SECONDS = 366 * 86_400


def _number_as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18 else value


def _in_order(value: tuple[float, float]) -> tuple[float, float]:
    if value[1] <= value[0]:
        raise ValueError("a segment ends after it begins")
    return value


Id = Annotated[str, StringConstraints(pattern=_ID)]
IdOrNumber = Annotated[Id, BeforeValidator(_number_as_text, json_schema_input_type=str | int)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=r"^[^\x00]*$")]
Seconds = Annotated[float, Field(ge=0, le=MAX_SECONDS, allow_inf_nan=False)]
Segment = Annotated[tuple[Seconds, Seconds], AfterValidator(_in_order)]
Wish = Annotated[
    ProgressWish,
    Field(description="Of learners' progress where this replaces a video; auto: carry if they differ by at most 1 s."),
]
CourseId = Annotated[str, Path(pattern=_ID)]
LessonId = Annotated[str, Path(pattern=_ID)]


class Wire(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        json_schema_serialization_defaults_required=True,
    )


class RulesBody(Wire):
    """Rules are taken at their word: a name that is none is refused, lest a rule be thought set that is not."""

    model_config = ConfigDict(extra="forbid")


class LessonRulesBody(RulesBody):
    """What the lesson demands for completion; segments are [from, to] in seconds."""

    completion_threshold: float | None = Field(default=None, gt=0, le=1)
    required_segments: list[Segment] = Field(default=[], max_length=500)
    quiz_required: bool = False

    def stored(self) -> dict[str, Any]:
        rules = LessonRules(
            completion_threshold=self.completion_threshold,
            required_segments=tuple((round(a * 1000), round(b * 1000)) for a, b in self.required_segments),
            quiz_required=self.quiz_required,
        )
        return rules.model_dump(mode="json", exclude_none=True)

    @classmethod
    def of(cls, lesson: Lesson) -> "LessonRulesBody":
        rules = LessonRules.model_validate(lesson.rules)
        return cls(
            completion_threshold=rules.completion_threshold,
            required_segments=[(a / 1000, b / 1000) for a, b in rules.required_segments],
            quiz_required=rules.quiz_required,
        )


class LessonBody(Wire):
    """The whole description of a lesson; its video comes by an upload."""

    title: Title
    position: int = Field(default=0, ge=0, le=1_000_000)
    required: bool = Field(default=True, description="Whether the course can be completed without it.")
    rules: LessonRulesBody = LessonRulesBody()


class UploadUrlBody(Wire):
    lesson_id: IdOrNumber
    progress: Wish = "auto"


class UploadUrl(Wire):
    """Where the browser sends the file (PUT, resumable), and by what id to ask for it here."""

    upload_url: str
    upload_id: UUID
    provider: Provider


class Received(Wire):
    received: bool


class UploadView(Wire):
    id: UUID
    lesson_id: str
    provider: Provider
    status: UploadStatus
    error: str | None
    mux_upload_id: str | None
    mux_asset_id: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, record: UploadRecord) -> "UploadView":
        upload = record.upload
        return cls(
            id=upload.id,
            lesson_id=record.lesson_id,
            provider=upload.provider,
            status=upload.known.status,
            error=upload.known.error,
            mux_upload_id=upload.mux_upload_id,
            mux_asset_id=upload.known.asset_id,
            created_at=record.created_at,
            updated_at=record.updated_at,
        )


class LatestUpload(Wire):
    id: UUID
    status: UploadStatus
    error: str | None


class LessonSummary(Wire):
    id: str
    title: str
    position: int
    required: bool
    processing_status: LessonStatus
    duration: float | None = Field(description="Seconds.")
    video_provider: Provider

    @classmethod
    def of(cls, lesson: Lesson) -> "LessonSummary":
        return cls(**_summary(lesson))


class LessonView(LessonSummary):
    """A lesson as its author sees it. `error` says why there is no video, `upload` how the latest attempt went."""

    course_id: str
    rules: LessonRulesBody
    error: str | None
    playback_policy: Policy | None
    mux_upload_id: str | None
    mux_asset_id: str | None
    mux_playback_id: str | None
    video_url: str | None = Field(description="Where the video is in S3; opens nothing without a signature.")
    upload: LatestUpload | None
    captions: list[str] = Field(description="Languages of the captions that learners can choose.")
    video_revision: int = Field(description="Grows by one whenever a replaced video voids learners' progress.")
    revised_at: datetime | None
    version: int

    @classmethod
    def of(cls, lesson: Lesson) -> "LessonView":
        video, newest = lesson.video, lesson.newest
        playable = video.playable
        return cls(
            **_summary(lesson),
            course_id=lesson.course_id,
            rules=LessonRulesBody.of(lesson),
            error=video.error,
            playback_policy=playable.policy if playable else None,
            mux_upload_id=newest.mux_upload_id if newest else None,
            mux_asset_id=playable.asset_id if playable else newest.known.asset_id if newest else None,
            mux_playback_id=playable.playback_id if playable else None,
            video_url=playable.s3_url if playable else None,
            upload=LatestUpload(id=newest.id, status=newest.known.status, error=newest.known.error) if newest else None,
            captions=languages(lesson),
            video_revision=lesson.revision,
            revised_at=lesson.revised_at,
            version=lesson.version,
        )


def _summary(lesson: Lesson) -> dict[str, Any]:
    playable = lesson.video.playable
    duration_ms = playable.duration_ms if playable is not None else None
    return {
        "id": lesson.id,
        "title": lesson.title,
        "position": lesson.position,
        "required": lesson.required,
        "processing_status": lesson.video.status,
        "duration": duration_ms / 1000 if duration_ms is not None else None,
        "video_provider": lesson.provider,
    }


def languages(lesson: Lesson) -> list[str]:
    """Of the captions that fit what the lesson plays, each once."""
    playable = lesson.video.playable
    fitting = [kept["language_code"] for kept in lesson.captions if fits(kept.get("duration_ms"), playable)]
    return sorted(set(fitting)) if playable is not None else []
