"""Faults on request: the next calls, or a share of all, are delayed, refused, or cut off."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from mux_sim.errors import api_body

# The API has no CORS; without it on the other hosts a browser would see a dead network instead of the status.
_API = ("/video/", "/data/", "/system/")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Fault:
    """Applies to calls whose path begins with `path` (and whose method is `method`, if given).

    `times` None means until cleared. `status` None with `delay` only slows the call. `drop`: cut the connection
    "before" the call has any effect, or "after" it took effect, so that only the answer is lost.
    """

    id: str
    path: str = "/video/"
    method: str | None = None
    status: int | None = None
    times: int | None = 1
    fraction: float = 1.0
    delay: float = 0.0
    drop: Literal["before", "after"] | None = None
    retry_after: int | None = None
    hits: int = field(default=0)

    def claims(self, request: web.Request) -> bool:
        return (
            (self.times is None or self.times > 0)
            and request.path.startswith(self.path)
            and (self.method == request.method or (self.method is None and request.method != "OPTIONS"))
            and random.random() < self.fraction
        )


class Faults:
    """The faults in force, first match wins."""

    def __init__(self) -> None:
        self.active: list[Fault] = []

    def claim(self, request: web.Request) -> Fault | None:
        for fault in self.active:
            if fault.claims(request):
                fault.hits += 1
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None


async def apply(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer `request` as the fault says."""
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.drop == "before":
        return _cut(request)
    if fault.status is not None:
        headers = {"Access-Control-Allow-Origin": "*"} if not request.path.startswith(_API) else {}
        if fault.retry_after is not None:
            headers["Retry-After"] = str(fault.retry_after)
        return web.json_response(api_body(fault.status, "Fault on request"), status=fault.status, headers=headers)
    response = await handler(request)
    return _cut(request) if fault.drop == "after" else response


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
