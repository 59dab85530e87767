"""`/video/v1/uploads`: the direct uploads' API."""

import jwt
from aiohttp import web

from mux_sim import lifecycle, render, requests
from mux_sim.errors import ApiError, invalid
from mux_sim.model import Upload
from mux_sim.settings import normalise
from mux_sim.simulator import Simulator, of

routes = web.RouteTableDef()


def upload_url(sim: Simulator, request: web.Request, upload: Upload) -> str:
    """Where the bytes go: opaque to clients, valid until the upload's timeout."""
    claims = {"aud": "du", "sub": upload.id, "exp": int(upload.expires_at)}
    token = jwt.encode(claims, sim.secret, algorithm="HS256")
    return f"{sim.base_url(request)}/upload/{upload.id}?token={token}"


def _shown(request: web.Request, upload: Upload) -> dict[str, object]:
    sim = of(request)
    lifecycle.expire_upload(sim, upload)
    return render.upload(upload, upload_url(sim, request, upload))


@routes.post("/video/v1/uploads")
async def create(request: web.Request) -> web.Response:
    raw = await requests.body(request)
    timeout = raw.get("timeout", 3600)
    if not isinstance(timeout, int) or not 60 <= timeout <= 604_800:
        raise invalid("timeout must be a number from 60 to 604800")
    cors_origin = raw.get("cors_origin")
    if not isinstance(cors_origin, str):
        raise invalid("cors_origin is required")
    upload = lifecycle.create_upload(
        of(request),
        timeout=timeout,
        cors_origin=cors_origin,
        settings=normalise(raw.get("new_asset_settings")),
        test=bool(raw.get("test")),
    )
    return requests.data(_shown(request, upload), 201)


@routes.get("/video/v1/uploads")
async def index(request: web.Request) -> web.Response:
    uploads, _ = requests.page(request, list(of(request).store.uploads)[::-1])
    return requests.data([_shown(request, upload) for upload in uploads])


@routes.get("/video/v1/uploads/{upload_id}")
async def get(request: web.Request) -> web.Response:
    return requests.data(_shown(request, requests.upload(request)))


@routes.put("/video/v1/uploads/{upload_id}/cancel")
async def cancel(request: web.Request) -> web.Response:
    sim, upload = of(request), requests.upload(request)
    lifecycle.expire_upload(sim, upload)
    if upload.status != "waiting":
        raise ApiError(403, "Only a waiting upload can be cancelled")
    lifecycle.cancel_upload(sim, upload)
    return requests.data(_shown(request, upload))
