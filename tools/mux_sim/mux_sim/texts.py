"""Text tracks: uploaded WebVTT is fetched and kept; generated subtitles say truly what they know, nothing."""

from pathlib import Path
from typing import Any

import aiohttp

from mux_sim.errors import invalid
from mux_sim.fetch import FetchFailed, fetch
from mux_sim.ids import new_id
from mux_sim.model import Asset, Json
from mux_sim.store import Store


def _text_track(source: str, raw: Json) -> Json:
    language = raw.get("language_code", "en")
    track = {
        "id": new_id(),
        "type": "text",
        "text_type": "subtitles",
        "text_source": source,
        "language_code": language,
        "name": raw.get("name") or language,
        "status": "preparing",
    }
    return track | {key: raw[key] for key in ("passthrough", "closed_captions") if raw.get(key) is not None}


def _check_names(asset: Asset, new: list[Json]) -> None:
    """Names are unique within the text tracks of an asset."""
    names = [track["name"] for track in [*asset.tracks, *new] if track["type"] == "text"]
    if len(set(names)) < len(names):
        raise invalid("name must be unique within the text tracks of an asset")


def add_uploaded(asset: Asset, raw: Any) -> Json:
    """A new track from `{url, type: "text", language_code, …}`, still to be fetched."""
    if not isinstance(raw, dict) or not isinstance(raw.get("url"), str) or raw.get("type") != "text":
        raise invalid("a track needs a url and the type text")
    if not isinstance(raw.get("language_code"), str):
        raise invalid("language_code is required")
    track = _text_track("uploaded", raw)
    _check_names(asset, [track])
    asset.tracks.append(track)
    asset.text_sources[track["id"]] = raw["url"]
    return track


def add_generated(asset: Asset, raw: Any) -> list[Json]:
    """New tracks from `generated_subtitles: [{language_code, name}]`, still to be written."""
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise invalid("generated_subtitles must be a list of objects")
    tracks = [_text_track("generated_vod", item) for item in raw]
    _check_names(asset, tracks)
    asset.tracks.extend(tracks)
    asset.text_sources.update({track["id"]: None for track in tracks})
    return tracks


def add_declared(asset: Asset) -> None:
    """The tracks that the asset's inputs ask for."""
    for item in asset.settings.get("inputs", []):
        if item.get("type") == "text":
            add_uploaded(asset, item)
        if item.get("generated_subtitles"):
            add_generated(asset, item["generated_subtitles"])


def preparing(asset: Asset) -> list[Json]:
    return [track for track in asset.tracks if track["type"] == "text" and track["status"] == "preparing"]


def path(store: Store, asset: Asset, track_id: str) -> Path:
    return store.media_folder(asset.id) / f"text-{track_id}.vtt"


async def fill(store: Store, http: aiohttp.ClientSession, asset: Asset, track: Json, timeout: float) -> None:
    """Bring the track's WebVTT to its place and set the track `ready` or `errored`."""
    target = path(store, asset, track["id"])
    source = asset.text_sources.get(track["id"])
    if source is None:
        duration = (asset.media or {}).get("duration", 0.0)
        target.write_text(f"WEBVTT\n\n{_stamp(0)} --> {_stamp(duration)}\n[no speech recognised]\n", encoding="utf-8")
        track["status"] = "ready"
        return
    try:
        await fetch(http, source, target, timeout)
        good = target.read_bytes().lstrip(b"\xef\xbb\xbf").startswith(b"WEBVTT")
        track["status"] = "ready" if good else "errored"
    except FetchFailed:
        track["status"] = "errored"


def _stamp(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours:02}:{minutes:02}:{rest:06.3f}"
