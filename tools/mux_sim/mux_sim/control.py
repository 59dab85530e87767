"""The tests' own API, `/_control/…`: endpoints, webhook modes, faults, time. Loopback only, no credentials."""

import asyncio
import ipaddress
from dataclasses import asdict
from typing import get_args

from aiohttp import web

from mux_sim import render, requests
from mux_sim.errors import ApiError, invalid, not_found
from mux_sim.faults import Fault
from mux_sim.ids import new_id
from mux_sim.model import Json
from mux_sim.simulator import Simulator, of
from mux_sim.webhooks import Mode, ModeName, Order

routes = web.RouteTableDef()
PREFIX = "/_control/"


def local(request: web.Request) -> Simulator:
    """The simulator, for callers on this machine only."""
    sim = of(request)
    try:
        loopback = ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        loopback = False
    if not (loopback or sim.config.control_from_anywhere):
        raise ApiError(403, "The control API answers loopback only")
    return sim


@routes.get(PREFIX + "endpoints")
async def list_endpoints(request: web.Request) -> web.Response:
    return web.json_response([asdict(endpoint) for endpoint in local(request).store.endpoints])


@routes.put(PREFIX + "endpoints/{endpoint_id}")
async def set_endpoint(request: web.Request) -> web.Response:
    sim, raw = local(request), await requests.body(request)
    endpoint_id = request.match_info["endpoint_id"]
    if not endpoint_id.isalnum() or not isinstance(raw.get("url"), str) or not isinstance(raw.get("secret"), str):
        raise invalid("an endpoint needs an alphanumeric id, a url and a secret")
    return web.json_response(asdict(sim.webhooks.set_endpoint(endpoint_id, raw["url"], raw["secret"])))


@routes.delete(PREFIX + "endpoints")
async def clear_endpoints(request: web.Request) -> web.Response:
    sim = local(request)
    for endpoint in sim.store.endpoints:
        sim.store.endpoints.remove(endpoint)
    return web.Response(status=204)


@routes.put(PREFIX + "webhooks/mode")
async def set_mode(request: web.Request) -> web.Response:
    sim, raw = local(request), await requests.body(request)
    name = raw.get("name", "normal")
    if name not in get_args(ModeName):
        raise invalid(f"name must be one of {', '.join(get_args(ModeName))}")
    sim.webhooks.mode = Mode(name, float(raw.get("seconds", 0)), frozenset(raw.get("types", ())))
    return web.json_response({"name": name})


@routes.post(PREFIX + "webhooks/release")
async def release(request: web.Request) -> web.Response:
    sim, raw = local(request), await requests.body(request)
    order = raw.get("order", "forward")
    if order not in get_args(Order):
        raise invalid(f"order must be one of {', '.join(get_args(Order))}")
    return web.json_response(await sim.webhooks.release(order, raw.get("ids")))


@routes.get(PREFIX + "events")
async def list_events(request: web.Request) -> web.Response:
    sim = local(request)
    kind, object_id = request.query.get("type"), request.query.get("object_id")
    chosen = [
        event
        for event in sim.store.events
        if kind in (None, event.type) and object_id in (None, event.object_id, event.lane)
    ]
    deliveries = sim.store.deliveries_by_event()
    return web.json_response([asdict(event) | {"deliveries": deliveries.get(event.id, [])} for event in chosen])


@routes.post(PREFIX + "events/{event_id}/redeliver")
async def redeliver(request: web.Request) -> web.Response:
    sim = local(request)
    event = sim.store.events.get(request.match_info["event_id"])
    if event is None:
        raise not_found()
    return web.json_response([asdict(delivery) for delivery in await sim.webhooks.redeliver(event)])


@routes.get(PREFIX + "faults")
async def list_faults(request: web.Request) -> web.Response:
    return web.json_response([asdict(fault) for fault in local(request).faults.active])


@routes.post(PREFIX + "faults")
async def add_fault(request: web.Request) -> web.Response:
    sim, raw = local(request), await requests.body(request)
    try:
        fault = Fault(id=new_id(), **raw)
    except TypeError as failure:
        raise invalid(str(failure)) from failure
    sim.faults.active.append(fault)
    return web.json_response(asdict(fault), status=201)


@routes.delete(PREFIX + "faults")
async def clear_faults(request: web.Request) -> web.Response:
    local(request).faults.active.clear()
    return web.Response(status=204)


@routes.post(PREFIX + "fail-next")
async def fail_next(request: web.Request) -> web.Response:
    """`{what: "transcodes" | "uploads", times, message}`."""
    sim, raw = local(request), await requests.body(request)
    lists = {"transcodes": sim.jobs.fail_next, "uploads": sim.fail_next_uploads}
    if raw.get("what") not in lists:
        raise invalid("what must be transcodes or uploads")
    lists[raw["what"]].extend([str(raw.get("message", "Failed on request"))] * int(raw.get("times", 1)))
    return web.Response(status=204)


@routes.post(PREFIX + "clock/advance")
async def advance(request: web.Request) -> web.Response:
    sim, raw = local(request), await requests.body(request)
    sim.clock.advance(float(raw.get("seconds", 0)))
    return web.json_response({"now": sim.clock.now()})


@routes.post(PREFIX + "streams/cut")
async def cut_streams(request: web.Request) -> web.Response:
    """Every address that a playlist gave out is refused from now on; tokens stay good for new ones."""
    local(request).streams_cut += 1
    return web.Response(status=204)


@routes.get(PREFIX + "assets")
async def list_assets(request: web.Request) -> web.Response:
    return web.json_response([render.asset(asset) for asset in local(request).store.assets])


@routes.get(PREFIX + "uploads")
async def list_uploads(request: web.Request) -> web.Response:
    sim = local(request)
    shown: list[Json] = []
    for upload in sim.store.uploads:
        path = sim.store.upload_path(upload.id)
        received = path.stat().st_size if path.exists() else 0
        shown.append(render.upload(upload, None) | {"received": received, "total": upload.total})
    return web.json_response(shown)


@routes.get(PREFIX + "health")
async def health(request: web.Request) -> web.Response:
    """Answers once the simulator is up; for supervisors."""
    await asyncio.sleep(0)
    return web.json_response({"status": "ok", "assets": len(of(request).store.assets.documents)})
