"""The stream host: master playlist by token, children by their own signed URLs that end with the token."""

from pathlib import Path
from typing import Any

from aiohttp import web

from mux_sim import access, playlists, texts, usage
from mux_sim.errors import PlaybackError
from mux_sim.model import Asset, Json
from mux_sim.simulator import of

routes = web.RouteTableDef()

M3U8 = "application/vnd.apple.mpegurl"
CORS = {"Access-Control-Allow-Origin": "*"}


@routes.get("/{playback_id}.m3u8")
async def master(request: web.Request) -> web.Response:
    sim, entry = of(request), access.admit(request, "v")
    renditions = _chosen(entry.asset, entry.options)
    sign = access.signature(sim, entry.playback_id, entry.expires)
    query = f"expires={entry.expires}&signature={sign}"
    base = f"{sim.player_url(request)}/hls/{entry.playback_id}"
    ready = [track for track in entry.asset.tracks if track["type"] == "text" and track["status"] == "ready"]
    text = playlists.master(renditions, ready, lambda name: f"{base}/{name}/rendition.m3u8?{query}")
    return _playlist(text)


def _chosen(asset: Asset, options: dict[str, Any]) -> list[Json]:
    """`max_resolution`, `min_resolution` and `rendition_order`: claims of a signed id, query of a public one."""
    renditions: list[Json] = (asset.media or {})["renditions"]
    lowest = _short_side(options.get("min_resolution", "0p"))
    highest = _short_side(options.get("max_resolution", "9999p"))
    chosen = [item for item in renditions if lowest <= min(item.get("width", 0), item.get("height", 0)) <= highest]
    if options.get("rendition_order") != "desc":
        return chosen or renditions[:1]
    return (chosen or renditions[:1])[::-1]


def _short_side(value: Any) -> int:
    if not isinstance(value, str) or not value.removesuffix("p").isdecimal():
        raise PlaybackError(400, "Invalid resolution")
    return int(value.removesuffix("p"))


def _playlist(text: str) -> web.Response:
    return web.Response(text=text, content_type=M3U8, headers=CORS | {"Cache-Control": "no-store"})


def _rendition(asset: Asset, name: str) -> Json:
    for rendition in (asset.media or {}).get("renditions", []):
        if rendition["name"] == name:
            return dict(rendition)
    raise PlaybackError(404, "Not Found")


@routes.get("/hls/{playback_id}/text-{track_id}/rendition.m3u8")
async def text_playlist(request: web.Request) -> web.Response:
    asset, playback_id, query = access.admit_child(request)
    base = f"{of(request).player_url(request)}/hls/{playback_id}/text-{request.match_info['track_id']}"
    return _playlist(playlists.media([(asset.media or {})["duration"]], lambda _: f"{base}/text.vtt?{query}"))


@routes.get("/hls/{playback_id}/text-{track_id}/text.vtt")
async def text_segment(request: web.Request) -> web.StreamResponse:
    asset, _, _ = access.admit_child(request)
    return _text(request, asset)


@routes.get("/{playback_id}/text/{track_id}.vtt")
async def text_file(request: web.Request) -> web.StreamResponse:
    return _text(request, access.admit(request, "v").asset)


def _text(request: web.Request, asset: Asset) -> web.StreamResponse:
    track_id = request.match_info["track_id"]
    if not any(track["id"] == track_id and track.get("status") == "ready" for track in asset.tracks):
        raise PlaybackError(404, "Not Found")
    return _file(texts.path(of(request).store, asset, track_id), "text/vtt")


@routes.get("/hls/{playback_id}/{rendition}/rendition.m3u8")
async def media(request: web.Request) -> web.Response:
    asset, playback_id, query = access.admit_child(request)
    rendition = _rendition(asset, request.match_info["rendition"])
    base = f"{of(request).player_url(request)}/hls/{playback_id}/{rendition['name']}"
    return _playlist(playlists.media(rendition["segments"], lambda number: f"{base}/{number}.ts?{query}"))


@routes.get("/hls/{playback_id}/{rendition}/{number:[0-9]{1,6}}.ts")
async def segment(request: web.Request) -> web.StreamResponse:
    sim = of(request)
    asset, _, _ = access.admit_child(request)
    rendition, number = _rendition(asset, request.match_info["rendition"]), int(request.match_info["number"])
    if number >= len(rendition["segments"]):
        raise PlaybackError(404, "Not Found")
    usage.count(sim, asset, rendition, rendition["segments"][number])
    return _file(sim.store.media_folder(asset.id) / rendition["name"] / f"{number}.ts", "video/mp2t")


def _file(path: Path, content_type: str) -> web.StreamResponse:
    if not path.is_file():
        raise PlaybackError(404, "Not Found")
    return web.FileResponse(path, headers=CORS | {"Content-Type": content_type, "Cache-Control": "max-age=60"})


@routes.options("/{playback_id}.m3u8")
@routes.options("/hls/{rest:.+}")
@routes.options("/{playback_id}/{rest:.+}")
async def preflight(request: web.Request) -> web.Response:
    if request.path.startswith(("/video/", "/data/", "/system/")):
        raise web.HTTPNotFound
    return web.Response(headers=CORS | {"Access-Control-Allow-Methods": "GET", "Access-Control-Allow-Headers": "range"})
