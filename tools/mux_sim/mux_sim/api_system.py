"""`/system/v1` and the signing keys, which Mux also serves below `/video/v1`."""

import secrets
import time
from datetime import UTC, datetime

from aiohttp import web

from mux_sim import requests, tokens
from mux_sim.errors import invalid, not_found
from mux_sim.ids import new_id
from mux_sim.model import Endpoint, Json, SigningKey
from mux_sim.simulator import of

routes = web.RouteTableDef()


@routes.get("/system/v1/whoami")
async def whoami(request: web.Request) -> web.Response:
    config = of(request).config
    shown = {
        "organization_id": "simulator",
        "organization_name": "Simulator",
        "environment_id": config.environment_id,
        "environment_name": config.environment_name,
        "environment_type": "development",
        "access_token_name": "simulator",
        "permissions": ["video:read", "video:write", "data:read", "system:read", "system:write"],
    }
    return requests.data(shown)


def _key(key: SigningKey) -> Json:
    return {"id": key.id, "created_at": str(key.created_at)}


def _found(request: web.Request) -> SigningKey:
    key = of(request).store.keys.get(request.match_info["key_id"])
    if key is None:
        raise not_found()
    return key


async def create_key(request: web.Request) -> web.Response:
    private_key, public_pem = tokens.new_key_pair()
    key = SigningKey(id=new_id(), created_at=int(time.time()), public_pem=public_pem)
    of(request).store.keys.put(key)
    return requests.data(_key(key) | {"private_key": private_key}, 201)


async def list_keys(request: web.Request) -> web.Response:
    keys, _ = requests.page(request, list(of(request).store.keys)[::-1])
    return requests.data([_key(key) for key in keys])


async def get_key(request: web.Request) -> web.Response:
    return requests.data(_key(_found(request)))


async def delete_key(request: web.Request) -> web.Response:
    of(request).store.keys.remove(_found(request))
    return web.Response(status=204)


def _endpoint(endpoint: Endpoint) -> Json:
    created = datetime.fromtimestamp(endpoint.created_at, UTC).isoformat().replace("+00:00", "Z")
    return {"id": endpoint.id, "address": endpoint.url, "enabled": endpoint.enabled, "created_at": created}


@routes.get("/system/v1/webhooks")
async def list_webhooks(request: web.Request) -> web.Response:
    endpoints, _ = requests.page(request, list(of(request).store.endpoints))
    return requests.data([_endpoint(endpoint) for endpoint in endpoints])


@routes.post("/system/v1/webhooks")
async def create_webhook(request: web.Request) -> web.Response:
    address = (await requests.body(request)).get("address")
    if not isinstance(address, str) or not address.startswith(("http://", "https://")):
        raise invalid("address must be an http(s) URL")
    secret = secrets.token_hex(16)
    endpoint = of(request).webhooks.set_endpoint(new_id(), address, secret)
    return requests.data(_endpoint(endpoint) | {"signing_secret": secret}, 201)


@routes.delete("/system/v1/webhooks/{webhook_id}")
async def delete_webhook(request: web.Request) -> web.Response:
    store = of(request).store
    endpoint = store.endpoints.get(request.match_info["webhook_id"])
    if endpoint is None:
        raise not_found()
    store.endpoints.remove(endpoint)
    return web.Response(status=204)


for _prefix in ("/system/v1/signing-keys", "/video/v1/signing-keys"):
    routes.post(_prefix)(create_key)
    routes.get(_prefix)(list_keys)
    routes.get(_prefix + "/{key_id}")(get_key)
    routes.delete(_prefix + "/{key_id}")(delete_key)
