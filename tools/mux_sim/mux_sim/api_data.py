"""`/data/v1/metrics` as far as it is called: overall and breakdown, fed by real beacons.

A view counts from its first event, in the time in which it started; at Mux only once it has ended.
"""

import math
from collections import defaultdict

from aiohttp import web

from mux_sim import requests
from mux_sim.errors import ApiError
from mux_sim.model import Json, View
from mux_sim.simulator import of

routes = web.RouteTableDef()

_DIMENSIONS = ("asset_id", "playback_id", "video_id", "video_title")
_METRICS = ("views", "unique_viewers", "playing_time")


def last_day(request: web.Request) -> list[int]:
    """The timeframe that was asked for, by default the last 24 hours."""
    now = math.ceil(of(request).clock.now())
    return requests.timeframe(request, (now - 86_400, now))


def _started(request: web.Request, timeframe: list[int]) -> list[View]:
    views = [view for view in of(request).store.views if view.started]
    return filtered(request, [view for view in views if timeframe[0] <= view.started_at < timeframe[1]])


def filtered(request: web.Request, views: list[View]) -> list[View]:
    """Those that every `filters[]` lets through: `dimension:value`, or `!dimension:value` for all others."""
    for condition in request.query.getall("filters[]", []):
        dimension, _, value = condition.removeprefix("!").partition(":")
        if dimension not in _DIMENSIONS:
            raise ApiError(400, f"unknown filter {dimension}", kind="bad_request")
        wanted = not condition.startswith("!")
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
    metric, timeframe = _metric(request), last_day(request)
    views = _started(request, timeframe)
    shown = _totals(metric, views) | {"total_views": len(views), "global_value": None}
    return requests.data(shown, total_row_count=1, timeframe=timeframe, meta={"aggregation": "view_end"})


@routes.get("/data/v1/metrics/{metric}/breakdown")
async def breakdown(request: web.Request) -> web.Response:
    metric, timeframe = _metric(request), last_day(request)
    dimension = request.query.get("group_by", "asset_id")
    if dimension not in _DIMENSIONS:
        raise ApiError(400, f"unknown group_by {dimension}", kind="bad_request")
    groups: dict[str, list[View]] = defaultdict(list)
    for view in _started(request, timeframe):
        groups[getattr(view, dimension) or ""].append(view)
    rows = [
        _totals(metric, views) | {"field": field, "views": len(views), "negative_impact": 0}
        for field, views in sorted(groups.items(), key=lambda group: -len(group[1]))
    ]
    shown, _ = requests.page(request, rows)
    return requests.data(shown, total_row_count=len(rows), timeframe=timeframe, meta={"aggregation": "view_end"})
