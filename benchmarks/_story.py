"""The webhooks of an upload that goes well, in the form and size of Mux's own."""

import json
from uuid import uuid4


def story(upload_id: str, name: str) -> list[bytes]:
    """What Mux tells of an upload that goes well, in the size of real ones."""
    meta = {"passthrough": name, "meta": {"title": "A lesson of the benchmark", "external_id": upload_id}}
    upload = {
        "timeout": 3600,
        "status": "waiting",
        "new_asset_settings": meta | {"playback_policies": ["signed"], "video_quality": "basic"},
        "id": f"mux-{name}",
        "cors_origin": "https://learn.example",
    }
    asset = meta | {
        "upload_id": f"mux-{name}",
        "status": "preparing",
        "progress": {"state": "transcoding", "progress": 0.5},
        "playback_ids": [{"policy": "signed", "id": f"playback-{name}"}],
        "id": f"asset-{name}",
        "video_quality": "basic",
        "max_resolution_tier": "1080p",
        "master_access": "none",
        "ingest_type": "on_demand_direct_upload",
        "created_at": 1781130241,
    }
    tracks = [
        {"type": "video", "max_width": 1920, "max_height": 1080, "max_frame_rate": 25, "id": f"v-{name}"},
        {"type": "audio", "status": "ready", "primary": True, "max_channels": 2, "id": f"a-{name}"},
    ]
    ready = asset | {"status": "ready", "duration": 634.6, "aspect_ratio": "16:9", "tracks": tracks}
    return [
        _event("video.upload.created", upload),
        _event("video.upload.asset_created", upload | {"status": "asset_created", "asset_id": f"asset-{name}"}),
        _event("video.asset.created", asset),
        _event("video.asset.ready", ready),
    ]


def _event(event_type: str, data: dict[str, object]) -> bytes:
    event: dict[str, object] = {
        "type": event_type,
        "request_id": None,
        "object": {"type": event_type.split(".")[1], "id": data["id"]},
        "id": str(uuid4()),
        "environment": {"name": "Production", "id": "bench"},
        "data": data,
        "created_at": "2026-06-10T22:24:01.561000Z",
        "attempts": [],
        "accessor_source": None,
        "accessor": None,
    }
    return json.dumps(event).encode()
