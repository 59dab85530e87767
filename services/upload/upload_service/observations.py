"""What Mux says, by webhook or by answer, as knowledge that the lifecycle can join. Pure; tolerant of the unknown."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from upload_service.lifecycle import Knowledge, UploadStatus

_UPLOAD_STATUS: Mapping[str, UploadStatus] = {
    "waiting": "waiting",
    "asset_created": "processing",
    "errored": "failed",
    "cancelled": "cancelled",
    "timed_out": "timed_out",
}
_REASON: Mapping[UploadStatus, str] = {
    "failed": "Mux could not take the upload",
    "cancelled": "The upload was cancelled",
    "timed_out": "The upload was not finished in time",
    "errored": "Mux could not process the video",
}
_UNPLAYABLE = "Mux made no playback id for the video"
_UPLOAD_EVENTS: Mapping[str, str] = {
    "video.upload.created": "waiting",
    "video.upload.asset_created": "asset_created",
    "video.upload.cancelled": "cancelled",
    "video.upload.errored": "errored",
}
_ASSET_EVENTS: Mapping[str, str] = {
    "video.asset.created": "preparing",
    "video.asset.ready": "ready",
    "video.asset.errored": "errored",
    "video.asset.deleted": "deleted",
}
_PARTS = ("video.asset.track.", "video.asset.static_rendition.")
_MAX_REASON = 500
_MAX_SECONDS = 366 * 86_400


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an event speaks of: Mux's ids, and ours where the object carries them."""

    mux_upload_id: str | None = None
    mux_asset_id: str | None = None
    lesson_id: str | None = None
    upload_id: UUID | None = None


def of_event(event_type: str, data: Mapping[str, Any]) -> Knowledge | None:
    """What a webhook tells of an upload; None if its type tells nothing of the lifecycle."""
    if event_type in _UPLOAD_EVENTS:
        return of_upload(_UPLOAD_EVENTS[event_type], text_of(data.get("asset_id")), data.get("error"))
    if event_type in _ASSET_EVENTS:
        return of_asset(_ASSET_EVENTS[event_type], text_of(data.get("id")), data)
    return None


def subject_of(event_type: str, data: Mapping[str, Any]) -> Subject:
    """Whom a webhook of a known type speaks of. A part of an asset has a passthrough of its own."""
    if event_type.startswith(_PARTS):
        return Subject(mux_asset_id=text_of(data.get("asset_id")))
    settings = _mapping(data.get("new_asset_settings")) if event_type.startswith("video.upload.") else data
    about_upload = event_type.startswith("video.upload.")
    return Subject(
        mux_upload_id=text_of(data.get("id" if about_upload else "upload_id")),
        mux_asset_id=text_of(data.get("asset_id" if about_upload else "id")),
        lesson_id=text_of(settings.get("passthrough")),
        upload_id=uuid_of(_mapping(settings.get("meta")).get("external_id")),
    )


def of_upload(status: str, asset_id: str | None, error: Any = None) -> Knowledge | None:
    """What Mux's upload object tells; None for a status that Mux did not have when this was written."""
    ours = _UPLOAD_STATUS.get(status)
    if ours is None:
        return None
    reason = reason_of(error) or _REASON.get(ours) if ours in _REASON else None
    return Knowledge(ours, asset_id=asset_id, error=reason)


def of_asset(status: str, asset_id: str | None, asset: Mapping[str, Any]) -> Knowledge | None:
    """What Mux's asset object (its wire form) tells; None for a status unknown to us."""
    match status:
        case "preparing":
            return Knowledge("processing", asset_id=asset_id)
        case "errored":
            return Knowledge("errored", asset_id=asset_id, error=reason_of(asset.get("errors")) or _REASON["errored"])
        case "deleted":
            return Knowledge("deleted", asset_id=asset_id)
        case "ready":
            ids = _playback_ids(asset.get("playback_ids"))
            if not ids:
                return Knowledge("errored", asset_id=asset_id, error=_UNPLAYABLE)
            return Knowledge(
                "ready",
                asset_id=asset_id,
                signed_playback_id=ids.get("signed"),
                public_playback_id=ids.get("public"),
                duration_ms=_milliseconds(asset.get("duration")),
            )
    return None


def _playback_ids(value: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in value if isinstance(value, list) else []:
        policy, playback_id = _mapping(item).get("policy"), text_of(_mapping(item).get("id"))
        if policy in ("signed", "public") and playback_id is not None:
            found.setdefault(policy, playback_id)
    return found


def reason_of(error: Any) -> str | None:
    """The words of one of Mux's error objects, fit to be shown."""
    given = _mapping(error)
    messages = given.get("messages")
    texts = messages if isinstance(messages, list) else [given.get("message")]
    reason = "; ".join(text for text in texts if isinstance(text, str)) or given.get("type")
    if not isinstance(reason, str):
        return None
    return "".join(character if character.isprintable() else " " for character in reason)[:_MAX_REASON]


def _milliseconds(seconds: Any) -> int | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds):
        return None
    return round(seconds * 1000) if 0 <= seconds <= _MAX_SECONDS else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def text_of(value: Any) -> str | None:
    """The value if it is a text that can be kept as an id or a name."""
    return value if isinstance(value, str) and 0 < len(value) <= 255 and value.isprintable() else None


def uuid_of(value: Any) -> UUID | None:
    """The value if it is an id of the kind that we give."""
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
