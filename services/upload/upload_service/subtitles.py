"""A lesson's captions: whether they fit what it plays, how they stand, and what others are told of them. Pure.

The text belongs to the lesson, not to a copy of its video: it goes wherever the video goes, as long as the video is
as long as the one that it was written for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from upload_service.captions import TrackStatus
from upload_service.lifecycle import Playable

Source = Literal["uploaded", "generated"]
Standing = Literal["waiting", "preparing", "ready", "errored", "outdated"]

FITS_MS = 1000

_OUTDATED = "made for a video of another length"
_NO_VIDEO = "the lesson has no video yet"
_AT_MUX_ONLY = "generated once the video is at Mux"


@dataclass(frozen=True, slots=True)
class Caption:
    """`error` says why its text is not in S3 yet, if it was tried."""

    id: UUID
    lesson_id: str
    source: Source
    language_code: str
    name: str
    closed_captions: bool
    vtt: str | None
    duration_ms: int | None
    revision: int = 1
    stored_revision: int = 0
    error: str | None = None
    deleted: bool = False

    @property
    def s3_key(self) -> str | None:
        """The newest text in S3; an edited one is played until the edit is there."""
        return key_of(self.id, self.stored_revision) if self.stored_revision and self.vtt is not None else None


@dataclass(frozen=True, slots=True)
class AtMux:
    """What is known of the track that was made of a caption's newest text for the asset that the lesson plays."""

    asked_error: str | None = None
    status: TrackStatus | None = None
    error: str | None = None


def key_of(caption_id: UUID, revision: int) -> str:
    """Each text has an object of its own: what is signed for one never shows another."""
    return f"captions/{caption_id}/{revision}.vtt"


def fits(written_for_ms: int | None, playable: Playable | None) -> bool:
    """Whether a text's times are right for what is played; the unknown fits."""
    plays_ms = playable.duration_ms if playable is not None else None
    return written_for_ms is None or plays_ms is None or abs(written_for_ms - plays_ms) <= FITS_MS


def standing(caption: Caption, playable: Playable | None, at_mux: AtMux) -> tuple[Standing, str | None]:
    """How a caption stands for its learners, and why it is not ready."""
    if playable is None:
        return "waiting", _NO_VIDEO
    if not fits(caption.duration_ms, playable):
        return "outdated", _OUTDATED
    if playable.provider == "s3":
        if caption.vtt is None:
            return "waiting", _AT_MUX_ONLY
        stored = caption.stored_revision == caption.revision
        return ("ready", None) if stored else ("waiting", caption.error)
    if at_mux.status in ("ready", "preparing", "errored"):
        return at_mux.status, at_mux.error
    return "waiting", at_mux.asked_error or caption.error


def announced(captions: Iterable[tuple[Caption, AtMux]]) -> list[dict[str, Any]]:
    """What learners can choose, in the form in which the lesson keeps it: `contracts.Caption` and what it fits."""
    return [
        {
            "language_code": caption.language_code,
            "name": caption.name,
            "source": caption.source,
            "closed_captions": caption.closed_captions,
            "s3_key": caption.s3_key,
            "duration_ms": caption.duration_ms,
        }
        for caption, at_mux in captions
        if caption.s3_key is not None or at_mux.status == "ready"
    ]
