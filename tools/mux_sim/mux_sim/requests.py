"""What every API handler reads from a request: the JSON body, the page, the document an id names."""

import json
import math
from typing import Any

from aiohttp import web

from mux_sim.errors import ApiError, invalid, not_found
from mux_sim.ids import well_formed
from mux_sim.model import Asset, Json, Upload
from mux_sim.simulator import of

_UNITS = {"minutes": 60, "hours": 3600, "days": 86400}


async def body(request: web.Request) -> Json:
    """The JSON object of the request; an empty body is an empty object."""
    raw = await request.read()
    if not raw.strip():
        return {}
    try:
        parsed: Any = json.loads(raw)
    except ValueError as failure:
        raise invalid("Failed to parse JSON") from failure
    if not isinstance(parsed, dict):
        raise invalid("the body must be a JSON object")
    return parsed


def number(request: web.Request, name: str, default: int, low: int, high: int) -> int:
    raw = request.query.get(name, "")
    if not raw:
        return default
    if not raw.isdecimal() or not low <= int(raw) <= high:
        raise invalid(f"{name} must be a number from {low} to {high}")
    return int(raw)


def page(request: web.Request, items: list[Any], default: int | None = None) -> tuple[list[Any], int]:
    """One page of `items` by `page` (from 1) and `limit` (at most 100), and the index after it."""
    limit = number(request, "limit", default or of(request).config.page_limit, 1, 100)
    start = (number(request, "page", 1, 1, 1_000_000) - 1) * limit
    return items[start : start + limit], start + limit


def timeframe(request: web.Request, default: tuple[int, int]) -> list[int]:
    """Two unix times, or one span such as 7:days up to now."""
    given = request.query.getall("timeframe[]", [])
    if not given:
        return list(default)
    if len(given) == 2 and all(text.isdecimal() for text in given):
        return [int(text) for text in given]
    count, _, unit = given[0].partition(":")
    if len(given) == 1 and count.isdecimal() and unit in _UNITS:
        now = math.ceil(of(request).clock.now())
        return [now - int(count) * _UNITS[unit], now]
    message = "timeframe must be either two Unix timestamps or a single duration string (e.g. `7:days`)"
    raise ApiError(400, message, kind="bad_request")


def checked_id(request: web.Request, name: str) -> str:
    value = request.match_info[name]
    if not well_formed(value):
        raise invalid("Failed to parse ID")
    return value


def asset(request: web.Request) -> Asset:
    found = of(request).store.assets.get(checked_id(request, "asset_id"))
    if found is None:
        raise not_found()
    return found


def upload(request: web.Request) -> Upload:
    found = of(request).store.uploads.get(checked_id(request, "upload_id"))
    if found is None:
        raise not_found()
    return found


def data(document: Any, status: int = 200, **beside: Any) -> web.Response:
    return web.json_response({"data": document, **beside}, status=status)
