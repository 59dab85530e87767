"""Delivery usage: seconds of segments served, by asset and hour, as Mux bills them."""

from typing import Any

from aiohttp import web

from mux_sim import requests
from mux_sim.ladder import resolution_tier
from mux_sim.model import Asset, Json
from mux_sim.settings import TIER_OF_QUALITY
from mux_sim.simulator import Simulator, of

routes = web.RouteTableDef()
_HOUR = 3600


def count(sim: Simulator, asset: Asset, rendition: Json, seconds: float) -> None:
    """Note a segment of a rendition that somebody was sent."""
    hour = str(int(sim.clock.now()) // _HOUR * _HOUR)
    tier = resolution_tier(rendition.get("width", 0), rendition.get("height", 0))
    tiers = asset.delivered.setdefault(hour, {})
    tiers[tier] = tiers.get(tier, 0.0) + seconds
    sim.store.assets.put(asset)


@routes.get("/video/v1/delivery-usage")
async def delivery_usage(request: web.Request) -> web.Response:
    """By default the latest hour that is told of. The asset with the most comes first."""
    sim = of(request)
    told_until = int(sim.clock.now() - sim.config.usage_lag)
    timeframe = requests.timeframe(request, (told_until - _HOUR, told_until))
    until = min(timeframe[1], told_until)
    reports = [_report(asset, _delivered(asset, timeframe[0], until)) for asset in sim.store.assets]
    wanted = request.query.get("asset_id")
    found = [item for item in reports if item["delivered_seconds"] and wanted in (None, item["asset_id"])]
    found.sort(key=lambda item: -item["delivered_seconds"])
    shown, _ = requests.page(request, found, default=100)
    limit = requests.number(request, "limit", 100, 1, 100)
    return requests.data(shown, total_row_count=len(found), timeframe=timeframe, limit=limit)


def _delivered(asset: Asset, since: int, until: int) -> dict[str, float]:
    """Seconds by tier, of the hours that began within the time."""
    found: dict[str, float] = {}
    for hour, tiers in asset.delivered.items():
        if since - since % _HOUR <= int(hour) < until:
            for tier, seconds in tiers.items():
                found[tier] = found.get(tier, 0.0) + seconds
    return found


def _report(asset: Asset, delivered: dict[str, float]) -> Json:
    media, quality = asset.media or {}, asset.settings.get("video_quality", "basic")
    report: dict[str, Any] = {
        "asset_id": asset.id,
        "created_at": str(asset.created_at),
        "passthrough": asset.settings.get("passthrough"),
        "asset_state": asset.status,
        "asset_duration": media.get("duration", 0.0),
        "asset_resolution_tier": media.get("resolution_tier", "720p"),
        "asset_encoding_tier": TIER_OF_QUALITY[quality],
        "asset_video_quality": quality,
        "delivered_seconds": round(sum(delivered.values()), 3),
        "delivered_seconds_by_resolution": {
            f"tier_{tier.replace('-', '_')}": round(seconds, 3) for tier, seconds in delivered.items()
        },
    }
    return {name: value for name, value in report.items() if value is not None}
