"""`/data/v1` as far as it is called: overall and breakdown of views, fed by real beacons; and delivery usage."""

from collections import defaultdict

from aiohttp import web

from mux_sim import requests
from mux_sim.errors import ApiError
from mux_sim.model import Json, View
from mux_sim.simulator import of

routes = web.RouteTableDef()

_UNITS = {"minutes": 60, "hours": 3600, "days": 86400}
_DIMENSIONS = ("asset_id", "playback_id", "video_id", "video_title")
_METRICS = ("views", "unique_viewers", "playing_time")


def _timeframe(request: web.Request) -> list[int]:
    """Two unix times, or one span such as 7:days; the last 24 hours by default."""
    given = request.query.getall("timeframe[]", [])
    now = int(of(request).clock.now())
    if not given:
        return [now - 86400, now]
    if len(given) == 2 and all(text.isdecimal() for text in given):
        return [int(text) for text in given]
    count, _, unit = given[0].partition(":")
    if len(given) == 1 and count.isdecimal() and unit in _UNITS:
        return [now - int(count) * _UNITS[unit], now]
    message = "timeframe must be either two Unix timestamps or a single duration string (e.g. `7:days`)"
    raise ApiError(400, message, kind="bad_request")


def _selected(request: web.Request, timeframe: list[int]) -> list[View]:
    views = [view for view in of(request).store.views if view.started]
    views = [view for view in views if timeframe[0] <= view.started_at <= timeframe[1]]
    for filtered in request.query.getall("filters[]", []):
        dimension, _, value = filtered.removeprefix("!").partition(":")
        if dimension not in _DIMENSIONS:
            raise ApiError(400, f"unknown filter {dimension}", kind="bad_request")
        wanted = not filtered.startswith("!")
        views = [view for view in views if (getattr(view, dimension) == value) is wanted]
    return views


def _metric(request: web.Request) -> str:
    metric = request.match_info["metric"]
    if metric not in _METRICS:
        raise ApiError(404, f"the metric {metric} is not simulated")
    return metric


def _value(metric: str, views: list[View]) -> int:
    if metric == "unique_viewers":
        return len({view.viewer_id or view.id for view in views})
    return sum(view.playing_time for view in views) if metric == "playing_time" else len(views)


def _totals(metric: str, views: list[View]) -> Json:
    """Times in milliseconds, as Mux has them."""
    return {
        "value": _value(metric, views),
        "total_watch_time": sum(view.watch_time for view in views),
        "total_playing_time": sum(view.playing_time for view in views),
    }


@routes.get("/data/v1/metrics/{metric}/overall")
async def overall(request: web.Request) -> web.Response:
    metric, timeframe = _metric(request), _timeframe(request)
    views = _selected(request, timeframe)
    shown = _totals(metric, views) | {"total_views": len(views), "global_value": None}
    return requests.data(shown, total_row_count=1, timeframe=timeframe, meta={"aggregation": "view_end"})


@routes.get("/data/v1/metrics/{metric}/breakdown")
async def breakdown(request: web.Request) -> web.Response:
    metric, timeframe = _metric(request), _timeframe(request)
    dimension = request.query.get("group_by", "asset_id")
    if dimension not in _DIMENSIONS:
        raise ApiError(400, f"unknown group_by {dimension}", kind="bad_request")
    groups: dict[str, list[View]] = defaultdict(list)
    for view in _selected(request, timeframe):
        groups[getattr(view, dimension) or ""].append(view)
    rows = [
        _totals(metric, views) | {"field": field, "views": len(views), "negative_impact": 0}
        for field, views in sorted(groups.items(), key=lambda group: -len(group[1]))
    ]
    shown, _ = requests.page(request, rows)
    return requests.data(shown, total_row_count=len(rows), timeframe=timeframe, meta={"aggregation": "view_end"})


@routes.get("/video/v1/delivery-usage")
async def delivery_usage(request: web.Request) -> web.Response:
    """Seconds of segments served, by asset. The simulator counts since its start, whatever time is asked about."""
    timeframe = _timeframe(request)
    assets = [asset for asset in of(request).store.assets if asset.delivered_seconds]
    if asset_id := request.query.get("asset_id"):
        assets = [asset for asset in assets if asset.id == asset_id]
    shown, _ = requests.page(request, assets, default=100)
    limit = requests.number(request, "limit", 100, 1, 100)
    rows = [
        {
            "asset_id": asset.id,
            "created_at": str(asset.created_at),
            "passthrough": asset.settings.get("passthrough"),
            "asset_state": asset.status,
            "asset_duration": (asset.media or {}).get("duration"),
            "asset_video_quality": asset.settings.get("video_quality"),
            "delivered_seconds": round(asset.delivered_seconds, 3),
        }
        for asset in shown
    ]
    return requests.data(rows, total_row_count=len(assets), timeframe=timeframe, limit=limit)
