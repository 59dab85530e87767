"""The composition root: one app for the API, uploads, playback, images, beacons and the tests' control."""

import asyncio
import base64
import hmac
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web
from aiohttp.typedefs import Middleware

from mux_sim import (
    api_assets,
    api_data,
    api_parts,
    api_restrictions,
    api_system,
    api_uploads,
    api_views,
    beacons,
    control,
    faults,
    images,
    ingest,
    licenses,
    lifecycle,
    playback,
    usage,
)
from mux_sim.config import Config
from mux_sim.errors import NOT_FOUND, ApiError, PlaybackError, api_body, api_response, playback_response
from mux_sim.limits import RateLimits
from mux_sim.simulator import SIMULATOR, Simulator, of

_API = ("/video/", "/data/", "/system/")
_PLAYBACK_HOSTS = ("stream.", "image.")
SWEEP_EVERY = 0.5


def create_app(config: Config) -> web.Application:
    """The whole simulator as an aiohttp application; its background work lives as long as the app."""
    app = web.Application(middlewares=[_errors, _faults, _limits(config), _auth])

    async def lifespan(app: web.Application) -> AsyncIterator[None]:
        sim = await Simulator.open(config)
        app[SIMULATOR] = sim
        lifecycle.resume(sim)
        sweeper = asyncio.create_task(_sweep(sim))
        yield
        sweeper.cancel()
        with suppress(asyncio.CancelledError):
            await sweeper
        await sim.close()

    app.cleanup_ctx.append(lifespan)
    ingest.prepare(app)
    images.prepare(app)
    apis = (api_uploads, api_assets, api_parts, api_restrictions, api_system, api_data, api_views, usage)
    for part in (*apis, ingest, control, beacons, images, licenses, playback):
        app.add_routes(part.routes)
    return app


async def _sweep(sim: Simulator) -> None:
    while True:
        for upload in sim.store.uploads:
            lifecycle.expire_upload(sim, upload)
        await asyncio.sleep(SWEEP_EVERY)


@web.middleware
async def _errors(request: web.Request, handler: faults.Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as error:
        return api_response(error)
    except PlaybackError as error:
        response = playback_response(error)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response
    except web.HTTPException as error:
        if error.status in (404, 405):
            if request.host.startswith(_PLAYBACK_HOSTS):
                return playback_response(PlaybackError(404, "Not Found"))
            return web.json_response(api_body(404, NOT_FOUND), status=404)
        raise


@web.middleware
async def _faults(request: web.Request, handler: faults.Handler) -> web.StreamResponse:
    if request.path.startswith(control.PREFIX):
        return await handler(request)
    fault = of(request).faults.claim(request)
    return await handler(request) if fault is None else await faults.apply(fault, request, handler)


def _limits(config: Config) -> Middleware:
    limits = RateLimits()

    @web.middleware
    async def middleware(request: web.Request, handler: faults.Handler) -> web.StreamResponse:
        if config.rate_limits and not limits.admit(request.method, request.path):
            headers = {} if config.retry_after is None else {"Retry-After": str(config.retry_after)}
            return web.json_response(api_body(429, ""), status=429, headers=headers)
        return await handler(request)

    return middleware


@web.middleware
async def _auth(request: web.Request, handler: faults.Handler) -> web.StreamResponse:
    """Basic auth on the API; an unknown route is a 404 with or without it."""
    known = request.match_info.http_exception is None
    if known and request.path.startswith(_API) and not _authorized(request):
        raise ApiError(401, "Unauthorized request")
    return await handler(request)


def _authorized(request: web.Request) -> bool:
    config = of(request).config
    expected = base64.b64encode(f"{config.token_id}:{config.token_secret}".encode()).decode()
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "basic" and hmac.compare_digest(given.strip().encode(), expected.encode())
