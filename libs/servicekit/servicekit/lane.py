"""A short way to one route: inside the edge, past routing, dependencies and serialisation, to the same endpoint.

For a route whose endpoint takes nothing but the request and makes its answer itself. It stays a route like any other,
in OpenAPI and in metrics, and answers the same without the lane, only slower.
"""

from collections.abc import Iterable

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from servicekit.edge import respond
from servicekit.errors import ServiceError


class Lane:
    """Pure ASGI middleware. Problems leave as everywhere; what is no problem of ours is left to the edge."""

    def __init__(self, app: ASGIApp, *, route: APIRoute) -> None:
        self._app, self._route, self._methods = app, route, route.methods or ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self._route.path or scope["method"] not in self._methods:
            await self._app(scope, receive, send)
            return
        scope["route"] = self._route
        try:
            answer = await self._route.endpoint(Request(scope, receive))
        except ServiceError as error:
            answer = respond(error.problem(), error.headers)
        await answer(scope, receive, send)


async def body_of(request: Request) -> bytes:
    """The whole body, as `Request.body` reads it, without its detours. Raises ClientDisconnect."""
    parts: list[bytes] = []
    while (message := await request.receive())["type"] == "http.request":
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)
    raise ClientDisconnect


class JsonBytes(Response):
    """JSON that is bytes already: an answer without a detour over headers as text."""

    def __init__(self, body: bytes, status_code: int) -> None:
        self.status_code, self.body, self.background = status_code, body, None
        self.raw_headers = [(b"content-length", b"%d" % len(body)), (b"content-type", b"application/json")]


def add_lane(api: FastAPI, path: str, routes: Iterable[BaseRoute]) -> None:
    """Give the route with this path a lane, innermost of all middleware. Raises StopIteration if there is none."""
    route = next(route for route in routes if isinstance(route, APIRoute) and route.path == path)
    api.user_middleware.append(Middleware(Lane, route=route))
