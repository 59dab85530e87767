"""Documents as Mux shows them. REST and webhooks differ in `created_at`: text here, a number there."""

from typing import Any

from mux_sim.model import Asset, Json, Upload
from mux_sim.settings import TIER_OF_QUALITY


def _present(document: dict[str, Any]) -> Json:
    return {key: value for key, value in document.items() if value is not None}


def upload(document: Upload, url: str | None) -> Json:
    """The REST form; `url` only while the upload is waiting."""
    return _present(
        {
            "id": document.id,
            "url": url if document.status == "waiting" else None,
            "timeout": document.timeout,
            "status": document.status,
            "new_asset_settings": document.settings,
            "cors_origin": document.cors_origin,
            "asset_id": document.asset_id,
            "error": document.error,
            "test": True if document.test else None,
        }
    )


def upload_in_webhook(document: Upload) -> Json:
    return upload(document, None) | {"created_at": int(document.created_at)}


def asset(document: Asset) -> Json:
    settings, media = document.settings, document.media or {}
    quality = settings.get("video_quality", "basic")
    return _present(
        {
            "id": document.id,
            "created_at": str(document.created_at),
            "status": document.status,
            "progress": {"state": document.progress_state, "progress": document.progress},
            "playback_ids": document.playback_ids,
            "max_resolution_tier": settings.get("max_resolution_tier", "1080p"),
            "video_quality": quality,
            "encoding_tier": TIER_OF_QUALITY[quality],
            "master_access": settings.get("master_access", "none"),
            "mp4_support": settings.get("mp4_support", "none"),
            "normalize_audio": settings.get("normalize_audio"),
            "passthrough": settings.get("passthrough"),
            "meta": settings.get("meta"),
            "test": True if settings.get("test") else None,
            "upload_id": document.upload_id,
            "ingest_type": document.ingest_type,
            "errors": document.errors,
            "tracks": document.tracks or None,
            **{key: media.get(key) for key in _MEDIA_FIELDS},
        }
    )


_MEDIA_FIELDS = (
    "duration",
    "aspect_ratio",
    "resolution_tier",
    "max_stored_resolution",
    "max_stored_frame_rate",
)


def asset_in_webhook(document: Asset) -> Json:
    return asset(document) | {"created_at": document.created_at}
