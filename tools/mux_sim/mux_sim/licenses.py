"""DRM licenses: who may ask for one is checked as Mux does; none is made, since that takes a DRM system."""

from aiohttp import web

from mux_sim import access

routes = web.RouteTableDef()


@routes.post("/license/{system:widevine|playready|fairplay}/{playback_id}")
async def ask(request: web.Request) -> web.Response:
    access.admit(request, "d")
    return web.Response(status=501, text="the simulator makes no licenses")
