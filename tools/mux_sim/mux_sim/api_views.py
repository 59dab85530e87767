"""`/data/v1/video-views`: each viewing by itself, as far as its beacons told of it."""

from datetime import UTC, datetime

from aiohttp import web

from mux_sim import requests
from mux_sim.api_data import filtered, last_day
from mux_sim.errors import invalid, not_found
from mux_sim.model import Json, View
from mux_sim.simulator import of

routes = web.RouteTableDef()


@routes.get("/data/v1/video-views")
async def list_views(request: web.Request) -> web.Response:
    """Views that ended within the timeframe, the newest first unless `order_direction` is asc."""
    timeframe = last_day(request)
    views = [view for view in of(request).store.views if view.started]
    views = filtered(request, [view for view in views if timeframe[0] <= view.seen_at < timeframe[1]])
    if viewer := request.query.get("viewer_id"):
        views = [view for view in views if view.viewer_id == viewer]
    direction = request.query.get("order_direction", "desc")
    if direction not in ("asc", "desc"):
        raise invalid("order_direction must be asc or desc")
    views.sort(key=lambda view: (view.seen_at, view.id), reverse=direction == "desc")
    shown, _ = requests.page(request, [_abridged(view, len(views)) for view in views])
    return requests.data(shown, total_row_count=len(views), timeframe=timeframe)


@routes.get("/data/v1/video-views/{view_id}")
async def get_view(request: web.Request) -> web.Response:
    """One view; of the hundred and more fields that Mux has, those that a beacon here can fill."""
    view = of(request).store.views.get(request.match_info["view_id"])
    if view is None or not view.started:
        raise not_found()
    now = int(of(request).clock.now())
    return requests.data(_detail(view), total_row_count=1, timeframe=[now - 86_400, now])


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _abridged(view: View, count: int) -> Json:
    return {
        "id": view.id,
        "view_start": _iso(view.started_at),
        "view_end": _iso(view.seen_at),
        "video_title": view.video_title,
        "watch_time": view.watch_time,
        "country_code": None,
        "error_type_id": None,
        "playback_failure": False,
        "player_error_code": None,
        "player_error_message": None,
        "total_row_count": count,
        "viewer_application_name": None,
        "viewer_experience_score": None,
        "viewer_os_family": None,
    }


def _detail(view: View) -> Json:
    """Positions and playing times are texts, durations are numbers: so they are at Mux."""
    return _abridged(view, 1) | {
        "view_id": view.id,
        "asset_id": view.asset_id,
        "playback_id": view.playback_id,
        "video_id": view.video_id,
        "viewer_user_id": view.viewer_id,
        "video_duration": view.duration,
        "view_max_playhead_position": str(view.max_playhead),
        "view_playing_time": str(view.playing_time),
        "view_total_content_playback_time": view.playing_time,
        "events": [],
    }
