"""Mux Data's beacons: what a real player posts about a viewing, folded into one view per view id.

The keys are mux-embed's abbreviations. Each event repeats running totals, so a fold takes the largest seen.
"""

import json
import time
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from mux_sim.model import Json, View
from mux_sim.simulator import Simulator, of

routes = web.RouteTableDef()
_CORS = {"Access-Control-Allow-Origin": "*"}


@routes.post("/")
async def receive(request: web.Request) -> web.Response:
    try:
        posted = json.loads(await request.read())
        events = posted["events"]
        shared = posted.get("metadata") or {}
        known = [{**shared, **event} for event in events if isinstance(event, dict)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return web.Response(status=400, headers=_CORS)
    for event in known:
        fold(of(request), event)
    return web.Response(headers=_CORS)


@routes.options("/")
async def preflight(request: web.Request) -> web.Response:
    allowed = {"Access-Control-Allow-Methods": "POST", "Access-Control-Allow-Headers": "content-type"}
    return web.Response(headers=_CORS | allowed)


def fold(sim: Simulator, event: Json) -> None:
    """Take one event into its view; events without a view id say nothing about a viewing."""
    view_id = event.get("xid")
    if not isinstance(view_id, str) or not view_id.replace("-", "").isalnum() or len(view_id) > 100:
        return
    view = sim.store.views.get(view_id) or _begin(sim, view_id, event)
    view.video_id = _text(event.get("vid")) or view.video_id
    view.video_title = _text(event.get("vtt")) or view.video_title
    view.viewer_id = _text(event.get("uusid")) or _text(event.get("mvrid")) or view.viewer_id
    view.watch_time = max(view.watch_time, _milliseconds(event.get("xwati")))
    view.playing_time = max(view.playing_time, _milliseconds(event.get("xctpbti")))
    view.max_playhead = max(view.max_playhead, _milliseconds(event.get("xmaphps")))
    view.duration = max(view.duration, _milliseconds(event.get("vsodu")))
    view.started = view.started or event.get("e") in ("viewstart", "play", "playing")
    view.seen_at = sim.clock.now()
    view.ended = view.ended or event.get("e") == "viewend"
    if view.asset_id is None:
        view.playback_id, view.asset_id = _source(sim, event)
    sim.store.views.put(view)


def _begin(sim: Simulator, view_id: str, event: Json) -> View:
    playback_id, asset_id = _source(sim, event)
    return View(
        id=view_id, sequence=time.time_ns(), playback_id=playback_id, asset_id=asset_id, started_at=sim.clock.now()
    )


def _source(sim: Simulator, event: Json) -> tuple[str | None, str | None]:
    """The playback id in the played URL, and its asset."""
    path = urlsplit(_text(event.get("vsour")) or "").path
    playback_id = path.strip("/").split("/")[0].removesuffix(".m3u8")
    asset = sim.store.asset_of_playback_id(playback_id)
    return (playback_id or None), (asset.id if asset else None)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _milliseconds(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and 0 <= value < 1e12 else 0
