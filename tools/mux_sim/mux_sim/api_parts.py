"""The parts of an asset that have their own routes: playback ids and text tracks."""

from aiohttp import web

from mux_sim import announce, requests, settings, texts
from mux_sim.errors import invalid, not_found
from mux_sim.ids import new_id
from mux_sim.model import Asset, Json
from mux_sim.simulator import of

routes = web.RouteTableDef()


@routes.post("/video/v1/assets/{asset_id}/playback-ids")
async def create_playback_id(request: web.Request) -> web.Response:
    sim, asset = of(request), requests.asset(request)
    raw = await requests.body(request)
    item = {"id": new_id(), "policy": settings.policy(raw.get("policy"))}
    asset.playback_ids = [*asset.playback_ids, item]
    sim.store.put_asset(asset)
    announce.asset(sim.webhooks, "updated", asset)
    return requests.data(item, 201)


def _part(items: list[Json], part_id: str) -> Json:
    found = next((item for item in items if item["id"] == part_id), None)
    if found is None:
        raise not_found()
    return found


@routes.get("/video/v1/assets/{asset_id}/playback-ids/{playback_id}")
async def get_playback_id(request: web.Request) -> web.Response:
    asset = requests.asset(request)
    return requests.data(_part(asset.playback_ids, requests.checked_id(request, "playback_id")))


@routes.delete("/video/v1/assets/{asset_id}/playback-ids/{playback_id}")
async def delete_playback_id(request: web.Request) -> web.Response:
    sim, asset = of(request), requests.asset(request)
    gone = _part(asset.playback_ids, requests.checked_id(request, "playback_id"))
    asset.playback_ids = [item for item in asset.playback_ids if item is not gone]
    sim.store.put_asset(asset)
    announce.asset(sim.webhooks, "updated", asset)
    return web.Response(status=204)


@routes.get("/video/v1/playback-ids/{playback_id}")
async def find_by_playback_id(request: web.Request) -> web.Response:
    playback_id = requests.checked_id(request, "playback_id")
    asset = of(request).store.asset_of_playback_id(playback_id)
    if asset is None:
        raise not_found()
    item = _part(asset.playback_ids, playback_id)
    return requests.data(item | {"object": {"type": "asset", "id": asset.id}})


def _ready(asset: Asset) -> None:
    if asset.status != "ready":
        raise invalid("the asset is not ready")


@routes.post("/video/v1/assets/{asset_id}/tracks")
async def create_track(request: web.Request) -> web.Response:
    sim, asset = of(request), requests.asset(request)
    _ready(asset)
    track = texts.add_uploaded(asset, await requests.body(request))
    created = dict(track)
    sim.store.put_asset(asset)
    announce.track(sim.webhooks, "created", asset, created)
    sim.jobs.fill_texts(asset)
    return requests.data(created, 201)


@routes.delete("/video/v1/assets/{asset_id}/tracks/{track_id}")
async def delete_track(request: web.Request) -> web.Response:
    sim, asset = of(request), requests.asset(request)
    track = _part(asset.tracks, requests.checked_id(request, "track_id"))
    if track["type"] != "text":
        raise invalid("only text tracks can be deleted")
    asset.tracks.remove(track)
    asset.text_sources.pop(track["id"], None)
    texts.path(sim.store, asset, track["id"]).unlink(missing_ok=True)
    sim.store.put_asset(asset)
    announce.track(sim.webhooks, "deleted", asset, track | {"status": "deleted"})
    return web.Response(status=204)


@routes.post("/video/v1/assets/{asset_id}/tracks/{track_id}/generate-subtitles")
async def generate_subtitles(request: web.Request) -> web.Response:
    sim, asset = of(request), requests.asset(request)
    _ready(asset)
    track = _part(asset.tracks, requests.checked_id(request, "track_id"))
    if track["type"] != "audio":
        raise invalid("subtitles can only be generated from an audio track")
    created = [
        dict(item) for item in texts.add_generated(asset, (await requests.body(request)).get("generated_subtitles"))
    ]
    sim.store.put_asset(asset)
    for item in created:
        announce.track(sim.webhooks, "created", asset, item)
    sim.jobs.fill_texts(asset)
    return requests.data(created, 201)
