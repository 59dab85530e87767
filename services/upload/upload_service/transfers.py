"""A video on its way from S3 to Mux: which states follow which, and whether its lesson still wants it. Pure.

`copy_id` is the id of the copy's row and Mux's external_id of its asset. It exists before Mux is asked, so that what
Mux made without our learning of it is found again instead of being made twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from upload_service.lifecycle import Upload
from upload_service.model import Lesson

State = Literal["planned", "asked", "processing", "migrated", "failed", "superseded", "rolled_back", "cleaned"]

STATES: tuple[State, ...] = (
    "planned",
    "asked",
    "processing",
    "migrated",
    "failed",
    "superseded",
    "rolled_back",
    "cleaned",
)
OPEN: frozenset[State] = frozenset({"planned", "asked", "processing"})
NEXT: Mapping[State, frozenset[State]] = {
    "planned": frozenset({"asked", "failed", "superseded"}),
    "asked": frozenset({"asked", "planned", "processing", "failed", "superseded"}),
    "processing": frozenset({"migrated", "failed", "superseded"}),
    "migrated": frozenset({"rolled_back", "cleaned"}),
    "failed": frozenset(),
    "superseded": frozenset(),
    "rolled_back": frozenset(),
    "cleaned": frozenset(),
}

_FIRST_PAUSE_S = 2.0
_LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A video that is to be moved: an upload in S3 (`source_id`), or what is at an address that was checked before."""

    lesson_id: str
    source_id: UUID | None = None
    source_url: str | None = None
    bytes: int | None = None
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """A row. `attempts` counts what failed since the last progress; `duration_ms` and `bytes` are the source's."""

    id: UUID
    migration_id: UUID | None
    lesson_id: str
    source_id: UUID | None
    source_url: str | None
    copy_id: UUID
    state: State
    reason: str | None
    attempts: int
    bytes: int | None
    duration_ms: int | None
    due_at: datetime
    asked_at: datetime | None
    migrated_at: datetime | None
    keep_until: datetime | None
    verified: Mapping[str, Any] | None
    created_at: datetime
    updated_at: datetime

    def copy_in(self, lesson: Lesson) -> Upload | None:
        return next((upload for upload in lesson.uploads if upload.id == self.copy_id), None)

    def source_in(self, lesson: Lesson) -> Upload | None:
        return next((upload for upload in lesson.uploads if upload.id == self.source_id), None)


def before(state: State) -> list[State]:
    """The states that it may follow."""
    return [former for former in STATES if state in NEXT[former]]


def pause_s(attempts: int, *, asked_s: float = 0) -> float:
    """How long to leave a transfer alone after so many failures in a row, at least as long as the provider asks."""
    grown: float = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** min(max(0, attempts - 1), 10))
    return max(grown, asked_s)


def superseded(transfer: Transfer, lesson: Lesson | None) -> str | None:
    """Why an open transfer's video is no longer wanted at Mux; None while it is."""
    if lesson is None or lesson.deleted:
        return "the lesson was deleted"
    copy = transfer.copy_in(lesson)
    if copy is not None and copy.discarded:
        return "the lesson has another video by now"
    playing = lesson.video.playable
    if transfer.source_id is not None:
        same = playing is not None and playing.upload_id == transfer.source_id
        return None if same else "the lesson no longer plays this video from S3"
    newer = playing is not None and any(
        upload.id == playing.upload_id and upload.original > transfer.copy_id for upload in lesson.uploads
    )
    return "the lesson has a newer video" if newer else None
