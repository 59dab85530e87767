"""`/video/v1/playback-restrictions`. Each part is replaced as a whole; at most a hundred are kept, as at Mux."""

import time
from dataclasses import asdict
from typing import Any

from aiohttp import web

from mux_sim import requests
from mux_sim.errors import invalid, not_found
from mux_sim.ids import new_id
from mux_sim.model import Json, Restriction
from mux_sim.simulator import of

routes = web.RouteTableDef()

_PATH = "/video/v1/playback-restrictions"
_MOST = 100


def _shown(restriction: Restriction) -> Json:
    shown = asdict(restriction)
    return shown | {"created_at": str(restriction.created_at), "updated_at": str(restriction.updated_at)}


def _found(request: web.Request) -> Restriction:
    restriction = of(request).store.restrictions.get(request.match_info["restriction_id"])
    if restriction is None:
        raise not_found()
    return restriction


def _flag(rules: Json, name: str) -> bool:
    value = rules.get(name, False)
    if not isinstance(value, bool):
        raise invalid(f"{name} must be a boolean")
    return value


def _referrer(rules: Any) -> Json:
    domains = rules.get("allowed_domains") if isinstance(rules, dict) else None
    if not isinstance(domains, list) or not all(isinstance(domain, str) and domain for domain in domains):
        raise invalid("referrer.allowed_domains must be a list of domains")
    if len(domains) > _MOST:
        raise invalid(f"at most {_MOST} domains")
    return {"allowed_domains": domains, "allow_no_referrer": _flag(rules, "allow_no_referrer")}


def _user_agent(rules: Any) -> Json:
    if not isinstance(rules, dict):
        raise invalid("user_agent must be an object")
    return {name: _flag(rules, name) for name in ("allow_no_user_agent", "allow_high_risk_user_agent")}


@routes.post(_PATH)
async def create(request: web.Request) -> web.Response:
    said, kept = await requests.body(request), of(request).store.restrictions
    if len(kept.documents) >= _MOST:
        raise invalid(f"at most {_MOST} playback restrictions")
    now = int(time.time())
    restriction = Restriction(
        id=new_id(),
        created_at=now,
        updated_at=now,
        referrer=_referrer(said.get("referrer")),
        user_agent=_user_agent(said.get("user_agent")),
    )
    return requests.data(_shown(kept.put(restriction)), 201)


@routes.get(_PATH)
async def list_all(request: web.Request) -> web.Response:
    known = list(of(request).store.restrictions)
    shown, _ = requests.page(request, known)
    page = requests.number(request, "page", 1, 1, 1_000_000)
    limit = requests.number(request, "limit", of(request).config.page_limit, 1, 100)
    body = {"data": [_shown(item) for item in shown], "total_row_count": len(known), "page": page, "limit": limit}
    return web.json_response(body)


@routes.get(_PATH + "/{restriction_id}")
async def get_one(request: web.Request) -> web.Response:
    return requests.data(_shown(_found(request)))


@routes.delete(_PATH + "/{restriction_id}")
async def delete(request: web.Request) -> web.Response:
    of(request).store.restrictions.remove(_found(request))
    return web.Response(status=204)


@routes.put(_PATH + "/{restriction_id}/referrer")
async def put_referrer(request: web.Request) -> web.Response:
    restriction = _found(request)
    restriction.referrer = _referrer(await requests.body(request))
    return _updated(request, restriction)


@routes.put(_PATH + "/{restriction_id}/user_agent")
async def put_user_agent(request: web.Request) -> web.Response:
    restriction = _found(request)
    restriction.user_agent = _user_agent(await requests.body(request))
    return _updated(request, restriction)


def _updated(request: web.Request, restriction: Restriction) -> web.Response:
    restriction.updated_at = int(time.time())
    return requests.data(_shown(of(request).store.restrictions.put(restriction)))
