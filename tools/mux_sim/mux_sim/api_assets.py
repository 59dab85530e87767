"""`/video/v1/assets`: create from a URL, read, list with page or cursor, change, delete."""

import base64
import binascii

from aiohttp import web

from mux_sim import announce, lifecycle, render, requests, settings
from mux_sim.errors import invalid
from mux_sim.model import Asset, Json
from mux_sim.simulator import of

routes = web.RouteTableDef()


@routes.post("/video/v1/assets")
async def create(request: web.Request) -> web.Response:
    wanted = settings.normalise(await requests.body(request))
    if not any(item.get("url") for item in wanted.get("inputs", [])):
        raise invalid("inputs is required, the first with a url")
    asset = lifecycle.create_asset_from_url(of(request), wanted)
    return requests.data(render.asset(asset), 201)


@routes.get("/video/v1/assets")
async def index(request: web.Request) -> web.Response:
    assets = list(of(request).store.assets)[::-1]
    if upload_id := request.query.get("upload_id"):
        assets = [asset for asset in assets if asset.upload_id == upload_id]
    if request.query.get("live_stream_id"):
        assets = []
    if cursor := request.query.get("cursor"):
        before = _sequence(cursor)
        assets = [asset for asset in assets if asset.sequence < before]
    shown, end = requests.page(request, assets)
    next_cursor = _cursor(shown[-1]) if shown and end < len(assets) else None
    return requests.data([render.asset(asset) for asset in shown], next_cursor=next_cursor)


def _cursor(asset: Asset) -> str:
    return base64.urlsafe_b64encode(str(asset.sequence).encode()).decode()


def _sequence(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor))
    except (ValueError, binascii.Error) as failure:
        raise invalid("cursor is invalid") from failure


@routes.get("/video/v1/assets/{asset_id}")
async def get(request: web.Request) -> web.Response:
    return requests.data(render.asset(requests.asset(request)))


@routes.patch("/video/v1/assets/{asset_id}")
async def change(request: web.Request) -> web.Response:
    sim, asset = of(request), requests.asset(request)
    raw = await requests.body(request)
    changed: Json = {}
    if raw.get("passthrough") is not None:
        changed["passthrough"] = settings.passthrough(raw["passthrough"])
    if raw.get("meta") is not None:
        changed["meta"] = asset.settings.get("meta", {}) | settings.meta(raw["meta"])
    asset.settings = asset.settings | changed
    sim.store.put_asset(asset)
    announce.asset(sim.webhooks, "updated", asset)
    return requests.data(render.asset(asset))


@routes.delete("/video/v1/assets/{asset_id}")
async def delete(request: web.Request) -> web.Response:
    lifecycle.delete_asset(of(request), requests.asset(request))
    return web.Response(status=204)


@routes.get("/video/v1/assets/{asset_id}/input-info")
async def input_info(request: web.Request) -> web.Response:
    asset = requests.asset(request)
    inputs = asset.settings.get("inputs") or [{}]
    files = [*asset.input_files, *[None] * len(inputs)]
    shown = [{"settings": item} | ({"file": file} if file else {}) for item, file in zip(inputs, files, strict=False)]
    return requests.data(shown)
