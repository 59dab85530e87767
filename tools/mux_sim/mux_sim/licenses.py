"""DRM: who may ask for a license or a certificate is checked as Mux does; neither is made, which takes a DRM system.

Addresses as Mux's player makes them (`@mux/playback-core`: `license.mux.com/license/…` and `/appcert/…`).
"""

from aiohttp import web

from mux_sim import access
from mux_sim.errors import PlaybackError

routes = web.RouteTableDef()
_LICENSE = "/license/{system:widevine|playready|fairplay}/{playback_id}"
_CORS = {"Access-Control-Allow-Origin": "*"}


@routes.post(_LICENSE)
async def ask(request: web.Request) -> web.Response:
    _admit(request)
    return web.Response(status=501, text="the simulator makes no licenses", headers=_CORS)


@routes.options(_LICENSE)
async def preflight(request: web.Request) -> web.Response:
    allowed = {"Access-Control-Allow-Methods": "POST", "Access-Control-Allow-Headers": "content-type"}
    return web.Response(status=204, headers=_CORS | allowed)


@routes.get("/appcert/{system:fairplay}/{playback_id}")
async def certificate(request: web.Request) -> web.Response:
    _admit(request)
    return web.Response(status=501, text="the simulator has no certificate", headers=_CORS)


def _admit(request: web.Request) -> None:
    """Nothing that DRM protects is public: without a token there is nothing to judge."""
    if not request.query.get("token"):
        raise PlaybackError(400, "Missing token")
    access.admit(request, "d")
