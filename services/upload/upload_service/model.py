"""Courses and lessons as rows in memory: what a unit of work reads, changes by rule, and writes back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from upload_service import replacing
from upload_service.lifecycle import LessonVideo, Policy, Provider, Upload, derive


@dataclass(frozen=True, slots=True)
class Course:
    """`rules` in the form of `contracts.CourseRules`; version 0 is a row that was never announced."""

    id: str
    owner_id: str
    title: str = ""
    published: bool = True
    public: bool = False
    rules: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    deleted: bool = False

    @property
    def policy(self) -> Policy:
        return "public" if self.public else "signed"


@dataclass(frozen=True, slots=True)
class Lesson:
    """`rules` as `contracts.LessonRules`, `captions` as `subtitles` announces them; `uploads` oldest first."""

    id: str
    course_id: str
    title: str = ""
    position: int = 0
    required: bool = True
    rules: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    deleted: bool = False
    captions: Sequence[Mapping[str, Any]] = field(default_factory=list)
    uploads: tuple[Upload, ...] = ()

    @property
    def video(self) -> LessonVideo:
        return derive(self.uploads)

    @property
    def revision(self) -> int:
        """Which content the lesson has, or had last."""
        return replacing.revision(self.uploads)

    @property
    def revised_at(self) -> datetime | None:
        """When that content took the place of one whose progress it voided."""
        return replacing.revised_at(self.uploads)

    @property
    def newest(self) -> Upload | None:
        """The latest attempt that is still wanted, copies that are staged aside."""
        return next((upload for upload in reversed(self.uploads) if upload.counts), None)

    @property
    def provider(self) -> Provider:
        """Who plays the lesson now, else who was last asked to; the seeds' default without either."""
        if self.video.playable is not None:
            return self.video.playable.provider
        return self.newest.provider if self.newest is not None else "s3"

    def without_video(self) -> "Lesson":
        """The lesson after its videos are no longer wanted."""
        return replace(self, uploads=tuple(replace(upload, discarded=True) for upload in self.uploads))


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """An upload with where it belongs and when it changed."""

    upload: Upload
    lesson_id: str
    owner_id: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """A webhook that was kept until what it speaks of is known."""

    id: str
    payload: str


@dataclass(frozen=True, slots=True)
class OpenUpload:
    """An upload that Mux is to be asked about."""

    id: UUID
    lesson_id: str
    mux_upload_id: str | None
    mux_asset_id: str | None


def in_order(uploads: Iterable[Upload]) -> tuple[Upload, ...]:
    """Oldest attempt first, a copy just behind its source."""
    return tuple(sorted(uploads, key=lambda upload: upload.order))
