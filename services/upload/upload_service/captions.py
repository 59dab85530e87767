"""Caption tracks: what Mux tells of one is joined, never replaced, so that order and repetition cannot matter.

Like the knowledge of an upload (`lifecycle`) that of a track is a semilattice. Pure; tolerant of the unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from upload_service.observations import reason_of, text_of, uuid_of

TrackStatus = Literal["preparing", "errored", "ready", "deleted"]

RANK: dict[TrackStatus, int] = {"preparing": 0, "errored": 1, "ready": 2, "deleted": 3}

_EVENTS: Mapping[str, TrackStatus] = {
    "video.asset.track.created": "preparing",
    "video.asset.track.ready": "ready",
    "video.asset.track.errored": "errored",
    "video.asset.track.deleted": "deleted",
}
_UNREADABLE = "Mux could not use the captions"


@dataclass(frozen=True, slots=True)
class Track:
    """What is known of a caption track: both the state and what a single event adds to it.

    `our_id` is what it carries if we asked for it; that is kept elsewhere (`caption_tracks`).
    """

    id: str
    status: TrackStatus = "preparing"
    asset_id: str | None = None
    language_code: str | None = None
    name: str | None = None
    source: str | None = None
    error: str | None = None
    our_id: UUID | None = field(default=None, compare=False)


def of_event(event_type: str, data: Mapping[str, Any]) -> Track | None:
    """What a webhook tells of a caption track; None if it tells of something else. Its type says more than its data."""
    status, track_id = _EVENTS.get(event_type), text_of(data.get("id"))
    if status is None or track_id is None or data.get("type") != "text":
        return None
    return Track(
        track_id,
        status,
        asset_id=text_of(data.get("asset_id")),
        language_code=text_of(data.get("language_code")),
        name=text_of(data.get("name")),
        source=text_of(data.get("text_source")),
        error=(reason_of(data.get("errors") or data.get("error")) or _UNREADABLE) if status == "errored" else None,
        our_id=uuid_of(data.get("passthrough")),
    )


def join(a: Track, b: Track) -> Track:
    """All that both know of the same track."""
    top = max(a, b, key=lambda track: (RANK[track.status], track.error or ""))
    return Track(
        a.id,
        top.status,
        asset_id=_most(a.asset_id, b.asset_id),
        language_code=_most(a.language_code, b.language_code),
        name=_most(a.name, b.name),
        source=_most(a.source, b.source),
        error=top.error,
    )


def _most(a: str | None, b: str | None) -> str | None:
    return max(a or "", b or "") or None
